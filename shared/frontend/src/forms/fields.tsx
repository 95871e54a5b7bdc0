import { Label as RadixLabel } from '@radix-ui/react-label'
import { useState, type ComponentProps, type ReactNode } from 'react'
import { useKitText } from '../i18n/i18n'
import { cn } from '../lib/cn'
import type { FormState, FormValues } from './useForm'

export const controlClass =
  'w-full min-w-0 rounded-control border border-line-strong bg-surface px-3.5 text-base text-ink shadow-[0_1px_2px_rgb(0_0_0/0.04)] ' +
  'transition-[border-color,box-shadow] placeholder:text-ink-soft/70 hover:border-ink-soft ' +
  'focus-visible:border-nila focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-nila ' +
  'aria-invalid:border-brick aria-invalid:outline-brick disabled:cursor-not-allowed disabled:opacity-60'

interface FieldFrameProps {
  id: string
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  isOptional?: boolean | undefined
  aside?: ReactNode
  children: ReactNode
}

/** Label above, control, then hint or error below; the error is announced when it appears. */
export function FieldFrame(props: FieldFrameProps) {
  const text = useKitText()
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <RadixLabel htmlFor={props.id} className="min-w-0 text-sm font-medium wrap-anywhere">
          {props.label}
          {props.isOptional === true && <span className="font-normal text-ink-soft"> ({text('kit.optional')})</span>}
        </RadixLabel>
        {props.aside}
      </div>
      {props.children}
      <div id={`${props.id}-error`} aria-live="polite" className={cn('text-sm text-brick', !props.error && 'hidden')}>
        {props.error}
      </div>
      {props.hint !== undefined && (
        <div id={`${props.id}-hint`} className="text-sm text-ink-soft">
          {props.hint}
        </div>
      )}
    </div>
  )
}

type TextName<Values extends FormValues> = {
  [Name in keyof Values & string]: Values[Name] extends string ? Name : never
}[keyof Values & string]

interface BoundProps<Values extends FormValues> {
  form: FormState<Values>
  name: TextName<Values>
  label: ReactNode
  hint?: ReactNode
  isOptional?: boolean
  /** Shapes what was typed before it is kept, e.g. grouping digits. */
  shape?: (typed: string) => string
}

/** What a control needs so that its label, hint and error are read with it. */
function describe<Values extends FormValues>(props: BoundProps<Values>) {
  const { form, name } = props
  const id = `${form.id}-${name}`
  const error = form.errors[name]
  const describedBy = [error && `${id}-error`, props.hint !== undefined && `${id}-hint`].filter(Boolean).join(' ')
  return {
    id,
    error,
    control: {
      id,
      name,
      value: String(form.values[name]),
      'aria-invalid': error === undefined ? undefined : true,
      'aria-describedby': describedBy === '' ? undefined : describedBy,
      'aria-required': props.isOptional === true ? undefined : true,
    },
    set: (typed: string) => form.setValue(name, (props.shape?.(typed) ?? typed) as Values[typeof name]),
  }
}

type InputProps<Values extends FormValues> = BoundProps<Values> &
  Omit<ComponentProps<'input'>, keyof BoundProps<Values> | 'value' | 'form' | 'onChange' | 'id' | 'prefix'> & { prefix?: ReactNode }

export function TextField<Values extends FormValues>(props: InputProps<Values>) {
  const { form, name, label, hint, isOptional, shape, prefix, className, ...input } = props
  const field = describe<Values>({ form, name, label, hint, ...(isOptional && { isOptional }), ...(shape && { shape }) })
  return (
    <FieldFrame id={field.id} label={label} hint={hint} error={field.error} isOptional={isOptional}>
      <div className="relative">
        {prefix !== undefined && (
          <span aria-hidden="true" className="pointer-events-none absolute inset-y-0 left-3.5 grid place-items-center text-ink-soft">
            {prefix}
          </span>
        )}
        <input
          type="text"
          {...input}
          {...field.control}
          onChange={(event) => field.set(event.target.value)}
          className={cn(controlClass, 'h-11', prefix !== undefined && 'pl-12', className)}
        />
      </div>
    </FieldFrame>
  )
}

export function PasswordField<Values extends FormValues>(props: Omit<InputProps<Values>, 'prefix' | 'shape'>) {
  const { form, name, label, hint, ...input } = props
  const text = useKitText()
  const [isShown, setIsShown] = useState(false)
  const field = describe<Values>({ form, name, label, hint })
  return (
    <FieldFrame id={field.id} label={label} hint={hint} error={field.error}>
      <div className="relative">
        <input
          autoCapitalize="none"
          spellCheck={false}
          {...input}
          {...field.control}
          type={isShown ? 'text' : 'password'}
          onChange={(event) => field.set(event.target.value)}
          className={cn(controlClass, 'h-11 pr-20')}
        />
        <button
          type="button"
          aria-pressed={isShown}
          aria-controls={field.id}
          onClick={() => setIsShown(!isShown)}
          className="absolute inset-y-1 right-1 rounded-lg px-3 text-sm font-medium text-nila hover:bg-nila-soft"
        >
          {isShown ? text('kit.hidePassword') : text('kit.showPassword')}
        </button>
      </div>
    </FieldFrame>
  )
}

/** Six digits from a mail or an authenticator. One input, so that paste, autofill and screen readers just work. */
export function CodeField<Values extends FormValues>(props: InputProps<Values>) {
  return (
    <TextField<Values>
      inputMode="numeric"
      autoComplete="one-time-code"
      {...props}
      shape={(typed) => typed.replace(/\D/g, '').slice(0, 6)}
      className="digits h-14 text-center font-mono text-2xl tracking-[0.4em] indent-[0.4em]"
    />
  )
}

type AreaProps<Values extends FormValues> = BoundProps<Values> &
  Omit<ComponentProps<'textarea'>, keyof BoundProps<Values> | 'value' | 'form' | 'onChange' | 'id'>

export function TextAreaField<Values extends FormValues>(props: AreaProps<Values>) {
  const { form, name, label, hint, isOptional, shape, className, ...area } = props
  const field = describe<Values>({ form, name, label, hint, ...(isOptional && { isOptional }), ...(shape && { shape }) })
  return (
    <FieldFrame id={field.id} label={label} hint={hint} error={field.error} isOptional={isOptional}>
      <textarea
        rows={3}
        {...area}
        {...field.control}
        onChange={(event) => field.set(event.target.value)}
        className={cn(controlClass, 'py-2.5', className)}
      />
    </FieldFrame>
  )
}

type FlagName<Values extends FormValues> = {
  [Name in keyof Values & string]: Values[Name] extends boolean ? Name : never
}[keyof Values & string]

export function CheckboxField<Values extends FormValues>({ form, name, label }: { form: FormState<Values>; name: FlagName<Values>; label: ReactNode }) {
  return (
    <label className="flex items-center gap-3">
      <input
        type="checkbox"
        name={name}
        checked={form.values[name] === true}
        onChange={(event) => form.setValue(name, event.target.checked as Values[typeof name])}
        className="size-5 shrink-0 accent-nila"
      />
      {label}
    </label>
  )
}

export interface Choice {
  value: string
  label: string
}

interface SelectFieldProps<Values extends FormValues> extends BoundProps<Values> {
  choices: readonly Choice[]
}

export function SelectField<Values extends FormValues>(props: SelectFieldProps<Values>) {
  const field = describe<Values>(props)
  return (
    <FieldFrame id={field.id} label={props.label} hint={props.hint} error={field.error}>
      <SelectControl {...field.control} choices={props.choices} onValueChange={field.set} />
    </FieldFrame>
  )
}

type SelectControlProps = Omit<ComponentProps<'select'>, 'onChange'> & {
  choices: readonly Choice[]
  onValueChange: (value: string) => void
}

/** The platform's own select: it needs no script to be keyboard usable, and on a phone it is the phone's. */
export function SelectControl({ choices, onValueChange, className, ...select }: SelectControlProps) {
  return (
    <div className="relative">
      <select
        {...select}
        onChange={(event) => onValueChange(event.target.value)}
        className={cn(controlClass, 'h-11 appearance-none pr-10', className)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <svg aria-hidden="true" viewBox="0 0 16 16" className="pointer-events-none absolute top-1/2 right-3.5 size-4 -translate-y-1/2 text-ink-soft">
        <path d="m4 6 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </div>
  )
}

export function Form<Values extends FormValues>(props: { form: FormState<Values>; children: ReactNode; className?: string }) {
  return (
    <form noValidate onSubmit={props.form.onSubmit} className={props.className ?? 'flex flex-col gap-5'}>
      {props.children}
    </form>
  )
}
