import { Button, DialogActions, Form, FormProblem, isLocale, LOCALE_NAMES, LOCALES, SelectField, SubmitButton, TextField, useForm, useI18n, useToast } from '@k/ui'
import { useState } from 'react'
import { useText } from '../../text/text'
import { useInvite } from './administratorQueries'
import { RoleChoices } from './roleChoices'

export function InviteForm({ onClose }: { onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const invite = useInvite()
  const { locale } = useI18n()
  const [roleIds, setRoleIds] = useState<readonly string[]>([])
  const [isTried, setIsTried] = useState(false)
  const initial: { email: string; locale: string } = { email: '', locale }
  const form = useForm({
    initial,
    validate: ({ email }) => {
      setIsTried(true)
      return email.includes('@') ? {} : { email: text('check.email') }
    },
    submit: async (values) => {
      if (roleIds.length === 0 || !isLocale(values.locale)) return
      await invite.mutateAsync({ email: values.email.trim(), roleIds: [...roleIds], locale: values.locale })
      toast(text('admins.invited'))
      onClose()
    },
  })
  return (
    <Form form={form}>
      <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="off" spellCheck={false} />
      <SelectField form={form} name="locale" label={text('admins.language')} choices={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))} />
      <RoleChoices chosen={roleIds} onChange={setRoleIds} error={isTried && roleIds.length === 0 ? text('check.roles') : undefined} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('admins.sendInvitation')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}
