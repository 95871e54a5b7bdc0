import { useId, useState, type SubmitEvent } from 'react'
import { fieldNameOf, ProblemError } from '../api/problem'

export type FormValues = Record<string, string | boolean>
export type FieldErrors<Values extends FormValues> = Partial<Record<keyof Values & string, string>>

export interface FormOptions<Values extends FormValues> {
  initial: Values
  /** The sentence to show at each field that is not right yet. */
  validate?: (values: Values) => FieldErrors<Values>
  submit: (values: Values) => Promise<unknown>
  /** The sentence for a field the server refused. */
  fieldText?: (code: string | undefined, field: keyof Values & string) => string | undefined
}

export interface FormState<Values extends FormValues> {
  id: string
  values: Values
  errors: FieldErrors<Values>
  /** What the server said about the whole, if it refused. */
  problem: unknown
  isSubmitting: boolean
  setValue: <Name extends keyof Values & string>(name: Name, value: Values[Name]) => void
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void
  reset: (values?: Values) => void
}

/** State of one form: what was typed, what is wrong with it, whether it is under way. Focus goes to the first wrong field. */
export function useForm<Values extends FormValues>(options: FormOptions<Values>): FormState<Values> {
  const id = useId()
  const [values, setValues] = useState(options.initial)
  const [errors, setErrors] = useState<FieldErrors<Values>>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [isSubmitting, setIsSubmitting] = useState(false)

  function showErrors(found: FieldErrors<Values>, element: HTMLFormElement): void {
    setErrors(found)
    const names = new Set(Object.keys(found))
    const first = Array.from(element.elements).find((element) => names.has(element.getAttribute('name') ?? ''))
    if (first instanceof HTMLElement) first.focus()
  }

  function onRefused(error: unknown, element: HTMLFormElement): void {
    setProblem(error)
    if (error instanceof ProblemError) showErrors(toFieldErrors(error, options), element)
  }

  async function submit(element: HTMLFormElement): Promise<void> {
    const found = options.validate?.(values) ?? {}
    setProblem(null)
    showErrors(found, element)
    if (Object.keys(found).length > 0 || isSubmitting) return
    setIsSubmitting(true)
    await options.submit(values).catch((error: unknown) => onRefused(error, element))
    setIsSubmitting(false)
  }

  return {
    id,
    values,
    errors,
    problem,
    isSubmitting,
    setValue: (name, value) => {
      setValues((before) => ({ ...before, [name]: value }))
      setErrors((before) => ({ ...before, [name]: undefined }))
    },
    onSubmit: (event) => {
      event.preventDefault()
      void submit(event.currentTarget)
    },
    reset: (fresh) => {
      setValues(fresh ?? options.initial)
      setErrors({})
      setProblem(null)
    },
  }
}

function toFieldErrors<Values extends FormValues>(error: ProblemError, options: FormOptions<Values>): FieldErrors<Values> {
  const names = Object.keys(options.initial)
  const entries = (error.problem.errors ?? []).flatMap((fieldProblem) => {
    const name = fieldNameOf(fieldProblem, names)
    if (name === undefined) return []
    const text = options.fieldText?.(fieldProblem.code, name) ?? fieldProblem.message ?? fieldProblem.detail
    return [[name, text ?? error.message]]
  })
  return Object.fromEntries(entries) as FieldErrors<Values>
}
