import { Form, FormProblem, SelectField, SubmitButton, TextField, useForm, type FormState } from '@k/ui'
import type { RateLimitPolicy } from '../../api/types'
import { useText } from '../../text/text'
import { useReplay, useSimulate } from './limitQueries'
import { digits } from './limitRule'
import type { Tried } from './tryPage'
import { CHANGES, checkTry, FIRST_TRY, REQUEST_METHODS, SOURCES, toChanges, toSimulateInput, type TryValues } from './tryValues'

interface TryFormProps {
  policies: readonly RateLimitPolicy[]
  onTried: (tried: Tried) => void
}

/** Which requests, against which limits. */
export function TryForm({ policies, onTried }: TryFormProps) {
  const text = useText()
  const simulate = useSimulate()
  const replay = useReplay()
  const form = useForm<TryValues>({
    initial: FIRST_TRY,
    validate: (values) => checkTry(text, values),
    submit: async (values) => {
      if (values.source === 'log') onTried({ kind: 'replay', result: await replay.mutateAsync(toChanges(values, policies)) })
      else onTried({ kind: 'simulation', result: await simulate.mutateAsync(toSimulateInput(values, policies)) })
    },
  })
  return (
    <Form form={form}>
      <SelectField form={form} name="source" label={text('try.source')} choices={SOURCES.map((value) => ({ value, label: text(`try.source.${value}`) }))} />
      {form.values.source === 'requests' && <TrafficFields form={form} />}
      <ChangeFields form={form} policies={policies} />
      <FormProblem form={form} />
      <div className="flex justify-end">
        <SubmitButton form={form}>{text('limits.pageTry')}</SubmitButton>
      </div>
    </Form>
  )
}

function TrafficFields({ form }: { form: FormState<TryValues> }) {
  const text = useText()
  const code = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, className: 'font-mono text-[0.95rem]' }
  return (
    <>
      <div className="grid gap-5 sm:grid-cols-[8rem_1fr]">
        <SelectField form={form} name="method" label={text('limits.method')} choices={REQUEST_METHODS.map((value) => ({ value, label: value }))} />
        <TextField form={form} name="path" label={text('limits.path')} maxLength={300} {...code} />
      </div>
      <div className="grid gap-5 sm:grid-cols-3">
        <TextField form={form} name="address" label={text('try.address')} maxLength={45} {...code} />
        <TextField form={form} name="user" label={text('try.user')} maxLength={36} isOptional {...code} />
        <TextField form={form} name="apiKey" label={text('try.apiKey')} maxLength={36} isOptional {...code} />
      </div>
      <div className="grid grid-cols-2 gap-5">
        <TextField form={form} name="ratePerSecond" label={text('try.rate')} inputMode="decimal" maxLength={8} className="digits" />
        <TextField form={form} name="seconds" label={text('try.seconds')} inputMode="numeric" maxLength={5} shape={digits} className="digits" />
      </div>
    </>
  )
}

function ChangeFields({ form, policies }: { form: FormState<TryValues>; policies: readonly RateLimitPolicy[] }) {
  const text = useText()
  const { policyId, change } = form.values
  const policy = policies.find(({ id }) => id === policyId)
  const choices = policies.map(({ id, name }) => ({ value: id, label: name }))

  function startFromStored(chosen: string): string {
    const stored = policies.find(({ id }) => id === chosen)
    form.setValue('limit', stored === undefined ? '' : String(stored.limit))
    form.setValue('windowSeconds', stored === undefined ? '' : String(stored.windowSeconds))
    return chosen
  }

  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <SelectField form={form} name="policyId" label={text('try.policy')} choices={[{ value: '', label: text('try.asTheyAre') }, ...choices]} shape={startFromStored} />
      {policy !== undefined && (
        <SelectField form={form} name="change" label={text('try.change')} choices={CHANGES.map((value) => ({ value, label: text(`try.change.${value}`) }))} />
      )}
      {policy !== undefined && change === 'replace' && (
        <>
          <TextField form={form} name="limit" label={text(policy.kind === 'rate' ? 'limits.limit' : 'limits.atOnce')} inputMode="numeric" shape={digits} className="digits" />
          <TextField form={form} name="windowSeconds" label={text(policy.kind === 'rate' ? 'limits.window' : 'limits.held')} inputMode="numeric" shape={digits} className="digits" />
        </>
      )}
    </div>
  )
}
