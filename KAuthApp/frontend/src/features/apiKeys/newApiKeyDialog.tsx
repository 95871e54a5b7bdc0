import { Button, CheckboxField, cn, Dialog, DialogActions, Form, FormProblem, SelectField, serverClock, SubmitButton, TextField, useForm } from '@k/ui'
import { useAccountText } from '../../text/accountText'
import { useCreateApiKey } from './apiKeyQueries'
import { EXPIRIES, expiresAt, SCOPES, type Expiry } from './scopes'

interface NewApiKeyDialogProps {
  isOpen: boolean
  onClose: () => void
  onCreated: (secret: string) => void
}

export function NewApiKeyDialog({ isOpen, onClose, onCreated }: NewApiKeyDialogProps) {
  const text = useAccountText()
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={text('keys.createTitle')}>
      <NewApiKeyForm onClose={onClose} onCreated={onCreated} />
    </Dialog>
  )
}

const NOTHING_CHOSEN = { 'profile.read': false, 'payment.read': false, 'payment.write': false }

function NewApiKeyForm({ onClose, onCreated }: Omit<NewApiKeyDialogProps, 'isOpen'>) {
  const text = useAccountText()
  const create = useCreateApiKey()
  const form = useForm({
    initial: { name: '', expiry: '90', ...NOTHING_CHOSEN },
    validate: (values) => ({
      ...(values.name.trim() === '' && { name: text('kit.required') }),
      ...(!SCOPES.some((scope) => values[scope]) && { 'profile.read': text('keys.scopesMissing') }),
    }),
    submit: async (values) => {
      const scopes = SCOPES.filter((scope) => values[scope])
      const created = await create.mutateAsync({ name: values.name.trim(), scopes, expiresAt: expiresAt(values.expiry as Expiry, serverClock.now()) })
      onClose()
      onCreated(created.secret)
    },
  })
  const scopesMissing = SCOPES.some((scope) => form.values[scope]) ? undefined : form.errors['profile.read']

  return (
    <Form form={form}>
      <TextField form={form} name="name" label={text('keys.name')} hint={text('keys.nameHint')} maxLength={64} autoComplete="off" />
      <fieldset className="flex flex-col gap-2.5" aria-describedby="scopes-error">
        <legend className="pb-2 text-sm font-medium">{text('keys.scopes')}</legend>
        {SCOPES.map((scope) => (
          <CheckboxField key={scope} form={form} name={scope} label={text(`keys.scope.${scope}`)} />
        ))}
        <p id="scopes-error" aria-live="polite" className={cn('text-sm text-brick', scopesMissing === undefined && 'hidden')}>
          {scopesMissing}
        </p>
      </fieldset>
      <SelectField
        form={form}
        name="expiry"
        label={text('keys.expiry')}
        choices={EXPIRIES.map((expiry) => ({ value: expiry, label: text(`keys.expiry.${expiry}`) }))}
      />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('keys.submit')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}
