import { Card, CardBody, CardHeader, Form, FormProblem, PasswordField, SubmitButton, useForm, useNewPasswordCheck, usePasswordFieldText, useToast } from '@k/ui'
import { useAccountText } from '../../text/accountText'
import { onlyProblems } from '../checks'
import { PasswordMeter } from '../password/passwordMeter'
import { usePasswordPolicy } from '../password/passwordPolicy'
import { useChangePassword } from './factorQueries'

export function PasswordCard({ email, fullName }: { email: string; fullName: string | null }) {
  const text = useAccountText()
  const fieldText = usePasswordFieldText()
  const toast = useToast()
  const policy = usePasswordPolicy()
  const checkPassword = useNewPasswordCheck(policy)
  const change = useChangePassword()
  const form = useForm({
    initial: { currentPassword: '', newPassword: '' },
    validate: (values) =>
      onlyProblems({
        currentPassword: values.currentPassword === '' ? text('kit.required') : undefined,
        newPassword: checkPassword(values.newPassword),
      }),
    fieldText,
    submit: async (values) => {
      await change.mutateAsync(values)
      form.reset()
      toast(text('password.changed'))
    },
  })

  return (
    <Card aria-labelledby="password">
      <CardHeader id="password" title={text('password.title')} description={text('password.description')} />
      <CardBody>
        <Form form={form}>
          <input type="email" name="username" value={email} readOnly autoComplete="username" hidden />
          <PasswordField form={form} name="currentPassword" label={text('field.currentPassword')} autoComplete="current-password" />
          <PasswordField
            form={form}
            name="newPassword"
            label={text('field.newPassword')}
            autoComplete="new-password"
            hint={<PasswordMeter password={form.values.newPassword} policy={policy} email={email} fullName={fullName} />}
          />
          <FormProblem form={form} />
          <SubmitButton form={form} variant="outline" className="self-start">
            {text('password.submit')}
          </SubmitButton>
        </Form>
      </CardBody>
    </Card>
  )
}
