import { hasCode } from '@k/ui'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { FactorProof } from '../../api/types'
import { pathWith, useSearchText } from '../../navigation'
import { resetPassword } from './recoveryCalls'
import { ResetFactorStep } from './resetFactorStep'
import { ResetForm, type Reset } from './resetForm'

/** Code and new password; then, for an account with a second factor, that too. The mail alone never lets anybody in. */
export function ResetPasswordPage() {
  const [, navigate] = useLocation()
  const search = useSearchText('email')
  const [typed, setTyped] = useState<Reset>({ email: search.email ?? '', code: '', newPassword: '' })
  const [step, setStep] = useState<'form' | 'factor' | 'codeGone'>('form')

  async function send(reset: Reset, secondFactor?: FactorProof): Promise<void> {
    await resetPassword({ ...reset, ...(secondFactor && { secondFactor }) })
    navigate(pathWith('/sign-in', { email: reset.email, notice: 'passwordReset' }))
  }

  async function sendForm(reset: Reset): Promise<void> {
    setTyped(reset)
    await send(reset).catch((error: unknown) => {
      if (!hasCode(error, 'auth.secondFactorRequired')) throw error
      setStep('factor')
    })
  }

  async function sendFactor(proof: FactorProof): Promise<void> {
    await send(typed, proof).catch((error: unknown) => {
      if (!hasCode(error, 'auth.codeInvalid')) throw error
      setTyped({ ...typed, code: '' })
      setStep('codeGone')
    })
  }

  if (step === 'factor') return <ResetFactorStep email={typed.email} prove={sendFactor} onBack={() => setStep('form')} />
  return <ResetForm mailedTo={search.email} typed={typed} isCodeGone={step === 'codeGone'} onSend={sendForm} />
}
