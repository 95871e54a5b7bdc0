import { Button, Card, CardBody, CardHeader, Dialog, DialogActions, Form, FormProblem, SubmitButton, TextField, unwrap, useForm } from '@k/ui'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api } from '../../api/client'
import { pathWith } from '../../navigation'
import { useAccountText } from '../../text/accountText'

export function EraseCard({ email }: { email: string }) {
  const text = useAccountText()
  const [isAsking, setIsAsking] = useState(false)
  const close = () => setIsAsking(false)
  return (
    <Card aria-labelledby="erase" className="border-brick/40">
      <CardHeader id="erase" title={text('erase.title')} description={text('erase.description')} />
      <CardBody>
        <Button variant="danger" onClick={() => setIsAsking(true)}>
          {text('erase.open')}
        </Button>
      </CardBody>
      <Dialog isOpen={isAsking} onClose={close} title={text('erase.dialogTitle')} description={text('erase.dialogBody')}>
        <EraseForm email={email} onClose={close} />
      </Dialog>
    </Card>
  )
}

/** Typing one's own address is slow enough to think once more. */
function EraseForm({ email, onClose }: { email: string; onClose: () => void }) {
  const text = useAccountText()
  const [, navigate] = useLocation()
  const form = useForm({
    initial: { typed: '' },
    validate: ({ typed }) => (typed.trim().toLowerCase() === email.toLowerCase() ? {} : { typed: text('erase.mismatch') }),
    submit: async () => {
      await unwrap(api.DELETE('/api/auth/account'))
      navigate(pathWith('/sign-in', { notice: 'accountDeleted' }))
    },
  })
  return (
    <Form form={form}>
      <TextField form={form} name="typed" label={text('erase.type', { email })} autoComplete="off" autoCapitalize="none" spellCheck={false} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form} variant="danger">
          {text('erase.submit')}
        </SubmitButton>
      </DialogActions>
    </Form>
  )
}
