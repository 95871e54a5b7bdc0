import { Card, CardBody, CardHeader, Form, FormProblem, PasswordField, SubmitButton, useForm, useOptionalText, useToast } from '@k/ui'
import { useText } from '../../text/text'
import { useChangePassword } from './securityQueries'

/** What a new password must be the server knows and says. */
export function PasswordCard({ email }: { email: string }) {
  const text = useText()
  const optionalText = useOptionalText()
  const toast = useToast()
  const change = useChangePassword()
  const form = useForm({
    initial: { currentPassword: '', newPassword: '' },
    validate: (values) => ({
      ...(values.currentPassword === '' && { currentPassword: text('kit.required') }),
      ...(values.newPassword === '' && { newPassword: text('kit.required') }),
    }),
    fieldText: (code) => optionalText(`problem.${code ?? ''}`),
    submit: async (values) => {
      await change.mutateAsync(values)
      form.reset()
      toast(text('password.changed'))
    },
  })
  return (
    <Card aria-labelledby="password">
      <CardHeader id="password" title={text('password.title')} description={text('password.lead')} />
      <CardBody>
        <Form form={form}>
          <input type="email" name="username" value={email} readOnly autoComplete="username" hidden />
          <PasswordField form={form} name="currentPassword" label={text('password.current')} autoComplete="current-password" />
          <PasswordField form={form} name="newPassword" label={text('password.new')} autoComplete="new-password" />
          <FormProblem form={form} />
          <SubmitButton form={form} variant="outline" className="self-start">
            {text('password.submit')}
          </SubmitButton>
        </Form>
      </CardBody>
    </Card>
  )
}
