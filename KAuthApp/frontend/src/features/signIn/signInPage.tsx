import { hasCode, safeReturnPath } from '@k/ui'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { SecondFactorRequired, SignedIn } from '../../api/types'
import { pathWith, useSearchText } from '../../navigation'
import { preloadPage } from '../../pages'
import { FactorStep } from './factorStep'
import { noticeOf, type Notice } from './notices'
import { PasswordStep } from './passwordStep'

/** The address and what came of it: nothing yet, or a second step that it asks for. */
interface Step {
  email: string
  challenge: SecondFactorRequired | null
  notice: Notice | null
}

export function SignInPage() {
  const [, navigate] = useLocation()
  const search = useSearchText('next', 'email', 'notice')
  const [step, setStep] = useState<Step>({ email: search.email ?? '', challenge: null, notice: noticeOf(search) })

  /** Settles when the next page is there: until then the button that was pressed stays busy. */
  async function goOn(): Promise<void> {
    const elsewhere = safeReturnPath(search.next, ['/payment', '/auth']) ?? '/auth/'
    if (!elsewhere.startsWith('/auth/')) return leaveFor(elsewhere)
    const path = elsewhere.slice('/auth'.length)
    await preloadPage(path).catch(() => undefined)
    navigate(path)
  }

  async function onAnswer(email: string, answer: SignedIn | SecondFactorRequired): Promise<void> {
    if (answer.status === 'secondFactorRequired') setStep({ email, challenge: answer, notice: null })
    else await goOn()
  }

  function onRefused(email: string, error: unknown): void {
    if (!hasCode(error, 'auth.emailNotVerified')) throw error
    navigate(pathWith('/verify', { email }))
  }

  if (step.challenge === null) return <PasswordStep email={step.email} notice={step.notice} onAnswer={onAnswer} onRefused={onRefused} onPasskey={goOn} />
  return (
    <FactorStep
      challenge={step.challenge}
      onAnswer={(answer) => onAnswer(step.email, answer)}
      onBack={(notice) => setStep({ email: step.email, challenge: null, notice })}
    />
  )
}

function leaveFor(path: string): Promise<never> {
  globalThis.location.assign(path)
  return new Promise(() => undefined)
}
