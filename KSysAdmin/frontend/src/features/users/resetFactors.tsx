import { Button, Dialog, DialogActions, Form, FormProblem, SubmitButton, TextAreaField, useForm, useToast } from '@k/ui'
import { useState } from 'react'
import type { User } from '../../api/types'
import { useText } from '../../text/text'
import { useResetFactors } from './userQueries'

/** For a user who has lost every factor: asks why, since whoever is let in this way proves it by nothing else. */
export function ResetFactors({ user }: { user: User }) {
  const text = useText()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="dangerQuiet" size="sm" onClick={() => setIsAsking(true)}>
        {text('users.resetFactors')}
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('users.resetFactorsTitle', { email: user.email })}
        description={text('users.resetFactorsBody')}
      >
        <ResetFactorsForm user={user} onClose={() => setIsAsking(false)} />
      </Dialog>
    </>
  )
}

function ResetFactorsForm({ user, onClose }: { user: User; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const reset = useResetFactors(user.id)
  const form = useForm({
    initial: { reason: '' },
    validate: (values) => (values.reason.trim().length < 3 ? { reason: text('users.reasonShort') } : {}),
    submit: async (values) => {
      await reset.mutateAsync(values.reason.trim())
      toast(text('users.resetFactorsDone'))
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
          {text('users.resetFactors')}
        </SubmitButton>
      </DialogActions>
    </Form>
  )
}
