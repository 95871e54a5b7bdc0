import {
  Card,
  CardBody,
  CardHeader,
  Form,
  FormProblem,
  PasswordField,
  SubmitButton,
  useForm,
  useNewPasswordCheck,
  usePasswordFieldText,
  USUAL_LENGTHS,
  useToast,
} from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { useText } from '../../text/text'
import { PasswordMeter } from '../passwords/passwordMeter'
import { passwordPolicyQuery } from '../passwords/passwordPolicyQuery'
import { useChangePassword } from './securityQueries'

export function PasswordCard({ email }: { email: string }) {
  const text = useText()
  const fieldText = usePasswordFieldText()
  const toast = useToast()
  const change = useChangePassword()
  const lengths = useQuery(passwordPolicyQuery).data ?? USUAL_LENGTHS
  const checkPassword = useNewPasswordCheck(lengths)
  const form = useForm({
    initial: { currentPassword: '', newPassword: '' },
    validate: (values) => {
      const newPassword = checkPassword(values.newPassword)
      return {
        ...(values.currentPassword === '' && { currentPassword: text('kit.required') }),
        ...(newPassword !== undefined && { newPassword }),
      }
    },
    fieldText,
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
          <PasswordField
            form={form}
            name="newPassword"
            label={text('password.new')}
            autoComplete="new-password"
            hint={<PasswordMeter password={form.values.newPassword} lengths={lengths} email={email} />}
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
