import { Card, CardBody, CardHeader, Form, FormProblem, PasswordField, SubmitButton, useForm, useOptionalText, useToast } from '@k/ui'
import { useText } from '../../text/text'
import { checkNewPassword, onlyProblems } from '../checks'
import { PasswordMeter } from '../passwordMeter'
import { useChangePassword } from './accountQueries'

export function PasswordCard({ email }: { email: string }) {
  const text = useText()
  const optionalText = useOptionalText()
  const toast = useToast()
  const change = useChangePassword()
  const form = useForm({
    initial: { currentPassword: '', newPassword: '' },
    validate: (values) =>
      onlyProblems({
        currentPassword: values.currentPassword === '' ? text('kit.required') : undefined,
        newPassword: checkNewPassword(text, values.newPassword),
      }),
    fieldText: (code) => optionalText(`problem.${code ?? ''}`),
    submit: async (values) => {
      await change.mutateAsync(values)
      form.reset()
      toast(text('security.changed'))
    },
  })

  return (
    <Card aria-labelledby="security">
      <CardHeader id="security" title={text('security.title')} description={text('security.description')} />
      <CardBody>
        <Form form={form}>
          <input type="email" name="username" value={email} readOnly autoComplete="username" hidden />
          <PasswordField form={form} name="currentPassword" label={text('field.currentPassword')} autoComplete="current-password" />
          <PasswordField
            form={form}
            name="newPassword"
            label={text('field.newPassword')}
            autoComplete="new-password"
            hint={<PasswordMeter password={form.values.newPassword} />}
          />
          <FormProblem form={form} />
          <SubmitButton form={form} variant="outline" className="self-start">
            {text('security.submit')}
          </SubmitButton>
        </Form>
      </CardBody>
    </Card>
  )
}
