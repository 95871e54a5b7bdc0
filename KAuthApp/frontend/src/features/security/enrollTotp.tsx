import { Button, CodeField, CopyButton, DialogActions, Form, FormProblem, QrCode, SubmitButton, useForm } from '@k/ui'
import { useAccountText } from '../../text/accountText'
import { checkCode } from '../checks'
import { useConfirmTotp } from './factorQueries'

interface EnrollTotpProps {
  enrollment: { secret: string; qrSvg: string }
  onCancel: () => void
  onDone: (codes: readonly string[] | null | undefined) => void
}

/** The secret as a picture and as letters in groups of four; it counts once a code from it was typed. */
export function EnrollTotp({ enrollment, onCancel, onDone }: EnrollTotpProps) {
  const text = useAccountText()
  const confirm = useConfirmTotp()
  const form = useForm({
    initial: { code: '' },
    validate: ({ code }) => {
      const complaint = checkCode(text, code)
      return complaint === undefined ? {} : { code: complaint }
    },
    submit: async ({ code }) => onDone((await confirm.mutateAsync(code)).recoveryCodes),
  })
  return (
    <Form form={form}>
      <div className="flex flex-col items-center gap-4 rounded-control bg-sunken p-5">
        <QrCode svg={enrollment.qrSvg} label={text('totp.qr')} />
        <div className="flex w-full flex-col items-center gap-2 text-center">
          <span className="text-sm text-ink-soft">{text('totp.byHand')}</span>
          <code data-testid="totpSecret" className="font-mono text-[0.95rem] wrap-anywhere">
            {enrollment.secret.replace(/(.{4})(?=.)/g, '$1 ')}
          </code>
          <CopyButton value={enrollment.secret} />
        </div>
      </div>
      <CodeField form={form} name="code" label={text('field.code')} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onCancel}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('totp.confirm')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}
