import { Button, CodeField, CopyButton, Form, FormProblem, LoadingLines, LoadProblem, QrCode, SubmitButton, useForm } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useText } from '../../text/text'
import { SignInFrame } from './signInPage'
import { signInQueries, useConfirmTotp } from './signInQueries'

interface EnrollTotpProps {
  challengeId: string
  onEnrolled: (recoveryCodes: readonly string[]) => void
  onRestart: () => void
  /** Another way, where there is one. */
  children?: ReactNode
}

export function EnrollTotp({ challengeId, onEnrolled, onRestart, children }: EnrollTotpProps) {
  const text = useText()
  const enrollment = useQuery(signInQueries.enrollment(challengeId))
  const confirm = useConfirmTotp()
  const form = useForm({
    initial: { code: '' },
    validate: (values) => (/^\d{6}$/.test(values.code) ? {} : { code: text('check.code') }),
    submit: async (values) => {
      const answer = await confirm.mutateAsync({ challengeId, code: values.code })
      onEnrolled(answer.recoveryCodes ?? [])
    },
  })

  return (
    <SignInFrame title={text('enroll.title')} lead={text('enroll.lead')}>
      {enrollment.isPending && <LoadingLines lines={5} />}
      {enrollment.isError && <LoadProblem error={enrollment.error} retry={onRestart} />}
      {enrollment.data !== undefined && (
        <>
          <div className="flex flex-col items-center gap-4 rounded-control bg-sunken p-5">
            <QrCode svg={enrollment.data.qrSvg} label={text('enroll.qr')} />
            <div className="flex w-full flex-col items-center gap-2 text-center">
              <span className="text-sm text-ink-soft">{text('enroll.byHand')}</span>
              <code data-testid="totpSecret" className="text-[0.95rem] wrap-anywhere">
                {enrollment.data.secret}
              </code>
              <CopyButton value={enrollment.data.secret} />
            </div>
          </div>
          <Form form={form}>
            <CodeField form={form} name="code" label={text('field.code')} />
            <FormProblem form={form} />
            <SubmitButton form={form}>{text('enroll.submit')}</SubmitButton>
            {children}
            <Button variant="quiet" onClick={onRestart}>
              {text('factor.again')}
            </Button>
          </Form>
        </>
      )}
    </SignInFrame>
  )
}
