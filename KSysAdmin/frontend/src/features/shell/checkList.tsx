import { useId } from 'react'

export interface CheckChoice<Value extends string> {
  value: Value
  label: string
  detail?: string
  isDisabled?: boolean
}

interface CheckListProps<Value extends string> {
  legend: string
  choices: readonly CheckChoice<Value>[]
  chosen: readonly Value[]
  onChange: (chosen: readonly Value[]) => void
  /** The sentence when it is not right yet. */
  error?: string | undefined
}

/** Any number of several. */
export function CheckList<Value extends string>({ legend, choices, chosen, onChange, error }: CheckListProps<Value>) {
  const id = useId()

  function toggle(value: Value, isChosen: boolean): void {
    onChange(isChosen ? [...chosen, value] : chosen.filter((each) => each !== value))
  }

  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="pb-2 text-sm font-medium">{legend}</legend>
      {choices.map(({ value, label, detail, isDisabled }) => (
        <div key={value} className="flex items-start gap-3">
          <input
            id={`${id}-${value}`}
            type="checkbox"
            checked={chosen.includes(value)}
            disabled={isDisabled}
            aria-describedby={detail === undefined ? undefined : `${id}-${value}-detail`}
            onChange={(event) => toggle(value, event.target.checked)}
            className="mt-0.5 size-5 shrink-0 accent-nila"
          />
          <span className="flex min-w-0 flex-col">
            <label htmlFor={`${id}-${value}`}>{label}</label>
            {detail !== undefined && (
              <span id={`${id}-${value}-detail`} className="text-sm text-ink-soft wrap-anywhere">
                {detail}
              </span>
            )}
          </span>
        </div>
      ))}
      {error !== undefined && (
        <p role="alert" className="text-sm text-brick">
          {error}
        </p>
      )}
    </fieldset>
  )
}
