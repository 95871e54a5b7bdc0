import { Button, CodeField, Form, FormProblem, SubmitButton, TextField, useForm } from '@k/ui'
import { useState } from 'react'
import type { SignIn } from '../../api/types'
import { useText } from '../../text/text'
import { SignInFrame } from './signInPage'
import { useSecondFactor } from './signInQueries'

export function SecondFactor({ signIn, onSignedIn, onRestart }: { signIn: SignIn; onSignedIn: () => void; onRestart: () => void }) {
  const text = useText()
  const secondFactor = useSecondFactor()
  const [method, setMethod] = useState<'totp' | 'recoveryCode'>('totp')
  const isTotp = method === 'totp'
  const form = useForm({
    initial: { code: '' },
    validate: (values) => {
      if (isTotp && !/^\d{6}$/.test(values.code)) return { code: text('check.code') }
      return values.code.trim() === '' ? { code: text('kit.required') } : {}
    },
    submit: async (values) => {
      await secondFactor.mutateAsync({ challengeId: signIn.challengeId, method, code: values.code.trim() })
      onSignedIn()
    },
  })

  function change(): void {
    form.reset()
    setMethod(isTotp ? 'recoveryCode' : 'totp')
  }

  return (
    <SignInFrame title={text('factor.title')} lead={text(isTotp ? 'factor.lead' : 'factor.recoveryLead')}>
      <Form form={form}>
        {isTotp ? (
          <CodeField form={form} name="code" label={text('field.code')} />
        ) : (
          <TextField form={form} name="code" label={text('field.recoveryCode')} autoComplete="off" autoCapitalize="none" spellCheck={false} />
        )}
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('factor.submit')}</SubmitButton>
        <div className="flex flex-wrap justify-between gap-2">
          {signIn.methods.includes('recoveryCode') && (
            <Button variant="quiet" size="sm" onClick={change}>
              {text(isTotp ? 'factor.useRecovery' : 'factor.useTotp')}
            </Button>
          )}
          <Button variant="plain" size="sm" onClick={onRestart}>
            {text('factor.again')}
          </Button>
        </div>
      </Form>
    </SignInFrame>
  )
}
