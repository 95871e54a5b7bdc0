import {
  Badge,
  Card,
  CardBody,
  CardHeader,
  Form,
  FormProblem,
  isLocale,
  LOCALE_NAMES,
  LOCALES,
  SelectField,
  SubmitButton,
  TextField,
  useForm,
  useI18n,
  useToast,
} from '@k/ui'
import type { User } from '../../api/types'
import { Link } from 'wouter'
import { useAccountText } from '../../text/accountText'
import { textLinkClass } from '../textLink'
import { useUpdateProfile } from './accountQueries'

export function ProfileCard({ me }: { me: User }) {
  const text = useAccountText()
  const toast = useToast()
  const { chooseLocale } = useI18n()
  const update = useUpdateProfile()
  const pendingEmail = me.pendingEmail ?? null
  const form = useForm({
    initial: { fullName: me.fullName ?? '', locale: me.locale },
    submit: async (values) => {
      const locale = isLocale(values.locale) ? values.locale : 'en'
      await update.mutateAsync({ fullName: values.fullName.trim(), locale })
      chooseLocale(locale)
      toast(text('profile.saved'))
    },
  })

  return (
    <Card aria-labelledby="profile">
      <CardHeader id="profile" title={text('profile.title')} description={text('profile.description')} />
      <CardBody>
        <Form form={form}>
          <div className="flex flex-col gap-1.5">
            <span className="text-sm font-medium">{text('field.email')}</span>
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1 wrap-anywhere">
              {me.email}
              {me.emailVerified && <Badge tone="jade">{text('profile.confirmed')}</Badge>}
              <Link to="/email" aria-label={text('profile.changeEmailLabel')} className={textLinkClass}>
                {text('profile.changeEmail')}
              </Link>
            </span>
            {pendingEmail !== null && (
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.925rem] text-ink-soft wrap-anywhere">
                {text('profile.moving', { email: pendingEmail })}
                <Link to="/email" className={textLinkClass}>
                  {text('profile.enterCodes')}
                </Link>
              </span>
            )}
          </div>
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField form={form} name="fullName" label={text('field.fullName')} isOptional autoComplete="name" maxLength={200} />
            <SelectField
              form={form}
              name="locale"
              label={text('field.locale')}
              choices={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] }))}
            />
          </div>
          <FormProblem form={form} />
          <SubmitButton form={form} className="self-start">
            {text('kit.save')}
          </SubmitButton>
        </Form>
      </CardBody>
    </Card>
  )
}
