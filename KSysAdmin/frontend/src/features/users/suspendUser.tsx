import { Button, Dialog, DialogActions, Form, FormProblem, SubmitButton, TextAreaField, useForm, useToast } from '@k/ui'
import { useState } from 'react'
import type { User } from '../../api/types'
import { useText } from '../../text/text'
import { useSuspendUser } from './userQueries'

export function SuspendUser({ user }: { user: User }) {
  const text = useText()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="dangerQuiet" onClick={() => setIsAsking(true)}>
        {text('users.suspend')}
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('users.suspendTitle', { email: user.email })}
        description={text('users.suspendBody')}
      >
        <SuspendForm user={user} onClose={() => setIsAsking(false)} />
      </Dialog>
    </>
  )
}

function SuspendForm({ user, onClose }: { user: User; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const suspend = useSuspendUser(user.id)
  const form = useForm({
    initial: { reason: '' },
    validate: (values) => (values.reason.trim().length < 3 ? { reason: text('users.reasonShort') } : {}),
    submit: async (values) => {
      await suspend.mutateAsync(values.reason.trim())
      toast(text('users.suspended'))
      onClose()
    },
  })
  return (
    <Form form={form}>
      <TextAreaField form={form} name="reason" label={text('users.reason')} hint={text('users.reasonHint')} maxLength={500} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form} variant="danger">
          {text('users.suspend')}
        </SubmitButton>
      </DialogActions>
    </Form>
  )
}
