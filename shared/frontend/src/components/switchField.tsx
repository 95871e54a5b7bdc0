import * as Switch from '@radix-ui/react-switch'
import { useId } from 'react'

export function SwitchField(props: { label: string; hint?: string; isOn: boolean; onChange: (isOn: boolean) => void; isDisabled?: boolean }) {
  const id = useId()
  return (
    <div className="flex items-start justify-between gap-6">
      <label htmlFor={id} className="flex flex-col">
        <span className="text-sm font-medium">{props.label}</span>
        {props.hint !== undefined && <span className="text-sm text-ink-soft">{props.hint}</span>}
      </label>
      <Switch.Root
        id={id}
        checked={props.isOn}
        disabled={props.isDisabled ?? false}
        onCheckedChange={props.onChange}
        className="relative h-6.5 w-11 shrink-0 rounded-full border border-line-strong bg-sunken transition-colors data-[state=checked]:border-nila data-[state=checked]:bg-nila disabled:opacity-60"
      >
        <Switch.Thumb className="block size-5 translate-x-0.5 rounded-full bg-line-strong shadow transition-transform data-[state=checked]:translate-x-5 data-[state=checked]:bg-on-nila" />
      </Switch.Root>
    </div>
  )
}
