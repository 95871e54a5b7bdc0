import { Button, DialogActions, Form, FormProblem, SelectField, SubmitButton, SwitchField, TextField, useForm, useToast, type FormState } from '@k/ui'
import type { RateLimitPolicy } from '../../api/types'
import { useText } from '../../text/text'
import { useSaveLimit } from './limitQueries'
import { checkLimit, digits, KINDS, LEASES, MATCHES, METHODS, MODES, NEW_LIMIT, SCOPES, toRule, toValues, type LimitValues } from './limitRule'

export function LimitForm({ policy, onClose }: { policy: RateLimitPolicy | null; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const save = useSaveLimit(policy?.id ?? null)
  const form = useForm<LimitValues>({
    initial: policy === null ? NEW_LIMIT : toValues(policy),
    validate: (values) => checkLimit(text, values),
    submit: async (values) => {
      await save.mutateAsync(toRule(values))
      toast(text('limits.saved'))
      onClose()
    },
  })
  return (
    <Form form={form}>
      <TextField form={form} name="name" label={text('limits.name')} autoComplete="off" maxLength={100} />
      <div className="grid gap-5 sm:grid-cols-[8rem_1fr]">
        <SelectField
          form={form}
          name="method"
          label={text('limits.method')}
          choices={METHODS.map((value) => ({ value, label: value === '*' ? text('limits.anyMethod') : value }))}
        />
        <TextField form={form} name="path" label={text('limits.path')} autoComplete="off" spellCheck={false} className="font-mono text-[0.95rem]" />
      </div>
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField form={form} name="match" label={text('limits.match')} choices={MATCHES.map((value) => ({ value, label: text(`limits.${value}`) }))} />
        <SelectField form={form} name="scope" label={text('limits.scope')} choices={SCOPES.map((value) => ({ value, label: text(`scope.${value}`) }))} />
      </div>
      <SelectField form={form} name="kind" label={text('limits.kind')} choices={KINDS.map((value) => ({ value, label: text(`kind.${value}`) }))} />
      {form.values.kind === 'concurrency' ? <PlaceFields form={form} /> : <RateFields form={form} />}
      <SelectField form={form} name="mode" label={text('limits.mode')} choices={MODES.map((value) => ({ value, label: text(`mode.${value}`) }))} />
      <SwitchField label={text('limits.enabled')} isOn={form.values.enabled} onChange={(isOn) => form.setValue('enabled', isOn)} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('kit.save')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}

type LimitFormState = FormState<LimitValues>

function PlaceFields({ form }: { form: LimitFormState }) {
  const text = useText()
  return (
    <div className="grid grid-cols-2 gap-5">
      <TextField form={form} name="limit" label={text('limits.atOnce')} inputMode="numeric" shape={digits} className="digits" />
      <TextField form={form} name="windowSeconds" label={text('limits.held')} hint={text('limits.heldHint')} inputMode="numeric" shape={digits} className="digits" />
    </div>
  )
}

function RateFields({ form }: { form: LimitFormState }) {
  const text = useText()
  return (
    <div className="grid grid-cols-2 gap-5 sm:grid-cols-3">
      <TextField form={form} name="limit" label={text('limits.limit')} inputMode="numeric" shape={digits} className="digits" />
      <TextField form={form} name="windowSeconds" label={text('limits.window')} inputMode="numeric" shape={digits} className="digits" />
      <TextField form={form} name="burst" label={text('limits.burst')} hint={text('limits.burstHint')} inputMode="numeric" shape={digits} className="digits" />
      <TextField form={form} name="cost" label={text('limits.cost')} hint={text('limits.costHint')} inputMode="numeric" shape={digits} className="digits" />
      <div className="col-span-2">
        <SelectField
          form={form}
          name="leased"
          label={text('limits.leased')}
          hint={text('limits.leasedHint')}
          choices={LEASES.map((value) => ({ value, label: text(`leased.${value}`) }))}
        />
      </div>
    </div>
  )
}
