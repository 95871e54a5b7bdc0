import { Button, DialogActions, Form, FormProblem, SubmitButton, TextAreaField, useForm, useToast } from '@k/ui'
import { useText } from '../text/text'

interface ReasonFormProps {
  hint: string
  label: string
  done: string
  send: (reason: string) => Promise<unknown>
  onClose: () => void
}

/** In a dialog, for what an administrator does to somebody: it is done for a reason, which the audit log keeps. */
export function ReasonForm({ hint, label, done, send, onClose }: ReasonFormProps) {
  const text = useText()
  const toast = useToast()
  const form = useForm({
    initial: { reason: '' },
    validate: ({ reason }) => (reason.trim().length < 3 ? { reason: text('users.reasonShort') } : {}),
    submit: async ({ reason }) => {
      await send(reason.trim())
      toast(done)
      onClose()
    },
  })
  return (
    <Form form={form}>
      <TextAreaField form={form} name="reason" label={text('users.reason')} hint={hint} maxLength={500} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form} variant="danger">
          {label}
        </SubmitButton>
      </DialogActions>
    </Form>
  )
}
