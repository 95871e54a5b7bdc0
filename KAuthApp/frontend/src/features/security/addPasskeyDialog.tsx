import { Button, Dialog, DialogActions, Form, FormProblem, SubmitButton, TextField, useForm, useToast } from '@k/ui'
import { useAccountText } from '../../text/accountText'
import { useAddPasskey } from './factorQueries'

interface AddPasskeyDialogProps {
  isOpen: boolean
  /** How many there are already: numbers the name that is proposed. */
  count: number
  onClose: () => void
  onCodes: (codes: readonly string[] | null | undefined) => void
}

export function AddPasskeyDialog(props: AddPasskeyDialogProps) {
  const text = useAccountText()
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={text('passkeys.addTitle')} description={text('passkeys.addLead')}>
      <AddPasskeyForm {...props} />
    </Dialog>
  )
}

function AddPasskeyForm({ count, onClose, onCodes }: AddPasskeyDialogProps) {
  const text = useAccountText()
  const toast = useToast()
  const add = useAddPasskey()
  const form = useForm({
    initial: { name: `Passkey ${count + 1}` },
    validate: ({ name }) => (name.trim() === '' ? { name: text('kit.required') } : {}),
    submit: async ({ name }) => {
      const added = await add.mutateAsync(name.trim())
      onClose()
      toast(text('passkeys.added'))
      onCodes(added.recoveryCodes)
    },
  })
  return (
    <Form form={form}>
      <TextField form={form} name="name" label={text('passkeys.name')} hint={text('passkeys.nameHint')} maxLength={64} autoComplete="off" />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('passkeys.create')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}
