import { useId, useState, type SubmitEvent } from 'react'
import { fieldNameOf, ProblemError, type FieldProblem } from '../api/problem'
import { useI18n, useKitText } from '../i18n/i18n'
import { serverClock } from '../lib/serverClock'

export type FormValues = Record<string, string | boolean>
export type FieldErrors<Values extends FormValues> = Partial<Record<keyof Values & string, string>>

export interface FormOptions<Values extends FormValues> {
  initial: Values
  /** The sentence to show at each field that is not right yet. */
  validate?: (values: Values) => FieldErrors<Values>
  submit: (values: Values) => Promise<unknown>
  /** The sentence for a field the server refused. */
  fieldText?: (code: string | undefined, field: keyof Values & string, message: string | undefined) => string | undefined
}

export interface FormState<Values extends FormValues> {
  id: string
  values: Values
  errors: FieldErrors<Values>
  /** What the server said about the whole, if it refused. */
  problem: unknown
  isSubmitting: boolean
  /** Until when the server wants no further try; nothing is sent before. */
  waitUntil: string | null
  setValue: <Name extends keyof Values & string>(name: Name, value: Values[Name]) => void
  /** Does something else as this form's doing: busy meanwhile, and a refusal is shown as its problem. */
  run: (task: () => Promise<unknown>) => Promise<void>
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void
  reset: (values?: Values) => void
}

/** State of one form: what was typed, what is wrong with it, whether it is under way. Focus goes to the first wrong field. */
export function useForm<Values extends FormValues>(options: FormOptions<Values>): FormState<Values> {
  const id = useId()
  const { locale } = useI18n()
  const text = useKitText()
  const [values, setValues] = useState(options.initial)
  const [errors, setErrors] = useState<FieldErrors<Values>>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [isSubmitting, setIsSubmitting] = useState(false)
  const [waitUntil, setWaitUntil] = useState<string | null>(null)

  function showErrors(found: FieldErrors<Values>, element: HTMLFormElement | null): void {
    setErrors(found)
    const names = new Set(Object.keys(found))
    const first = Array.from(element?.elements ?? []).find((element) => names.has(element.getAttribute('name') ?? ''))
    if (first instanceof HTMLElement) first.focus()
  }

  /** For what the form has no words of its own; the servers speak English. */
  function sentenceFor({ code, message, detail }: FieldProblem): string | undefined {
    const said = message ?? detail
    if (code === undefined || code.includes('.')) return said
    if (code === 'string_too_long') return text('kit.tooLong')
    if (code === 'missing' || code === 'string_too_short') return text('kit.required')
    const reason = /^Value error, (.+)/.exec(said ?? '')?.[1]
    return locale === 'en' && reason !== undefined ? reason.charAt(0).toUpperCase() + reason.slice(1) : text('kit.notAccepted')
  }

  function onRefused(error: unknown, element: HTMLFormElement | null): void {
    setProblem(error)
    setWaitUntil(waitAskedBy(error))
    if (error instanceof ProblemError) showErrors(toFieldErrors(error, options, sentenceFor), element)
  }

  async function submit(element: HTMLFormElement): Promise<void> {
    if (waitUntil !== null && Date.parse(waitUntil) > serverClock.now()) return
    const found = options.validate?.(values) ?? {}
    showErrors(found, element)
    if (Object.keys(found).length > 0) setProblem(null)
    else await run(() => options.submit(values), element)
  }

  async function run(task: () => Promise<unknown>, element: HTMLFormElement | null): Promise<void> {
    if (isSubmitting) return
    setProblem(null)
    setWaitUntil(null)
    setIsSubmitting(true)
    await task().catch((error: unknown) => onRefused(error, element))
    setIsSubmitting(false)
  }

  return {
    id,
    values,
    errors,
    problem,
    isSubmitting,
    waitUntil,
    setValue: (name, value) => {
      setValues((before) => ({ ...before, [name]: value }))
      setErrors((before) => ({ ...before, [name]: undefined }))
    },
    run: (task) => run(task, null),
    onSubmit: (event) => {
      event.preventDefault()
      void submit(event.currentTarget)
    },
    reset: (fresh) => {
      setValues(fresh ?? options.initial)
      setErrors({})
      setProblem(null)
      setWaitUntil(null)
    },
  }
}

function waitAskedBy(error: unknown): string | null {
  if (!(error instanceof ProblemError) || error.status !== 429 || error.retryAfterSeconds === undefined) return null
  return new Date(serverClock.now() + error.retryAfterSeconds * 1_000).toISOString()
}

function toFieldErrors<Values extends FormValues>(
  error: ProblemError,
  options: FormOptions<Values>,
  sentenceFor: (fieldProblem: FieldProblem) => string | undefined,
): FieldErrors<Values> {
  const names = Object.keys(options.initial)
  const entries = (error.problem.errors ?? []).flatMap((fieldProblem) => {
    const name = fieldNameOf(fieldProblem, names)
    if (name === undefined) return []
    const said = fieldProblem.message ?? fieldProblem.detail
    const text = options.fieldText?.(fieldProblem.code, name, said) ?? sentenceFor(fieldProblem)
    return [[name, text ?? error.message]]
  })
  return Object.fromEntries(entries) as FieldErrors<Values>
}
