import { Card, CardBody, PageHeader, unwrap, useContentFocus, usePageTitle, useToast } from '@k/ui'
import { useLocation } from 'wouter'
import { api } from '../../api/client'
import type { User } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { useRefreshAccount } from '../account/accountQueries'
import { ConfirmEmailForm } from './confirmEmailForm'
import { NewEmailForm } from './newEmailForm'

/** Both addresses prove themselves by a code each. Which one is asked for stands in the profile, so a reload keeps the step. */
export function ChangeEmailPage({ me }: { me: User }) {
  const text = useAccountText()
  const toast = useToast()
  const [, navigate] = useLocation()
  const refresh = useRefreshAccount()
  const to = me.pendingEmail ?? null
  const title = text(to === null ? 'email.title' : 'email.codesTitle')
  usePageTitle(title)
  useContentFocus(`/email ${to === null ? 'ask' : 'confirm'}`)

  async function ask(newEmail: string): Promise<void> {
    await unwrap(api.POST('/api/auth/email/change', { body: { newEmail } }))
    await refresh()
  }

  async function confirm(codes: { oldCode: string; newCode: string }): Promise<void> {
    await unwrap(api.POST('/api/auth/email/change/confirm', { body: codes }))
    await refresh()
    toast(text('email.changed'))
    navigate('/')
  }

  async function cancel(): Promise<void> {
    await unwrap(api.DELETE('/api/auth/email/change'))
    await refresh()
    toast(text('email.cancelled'))
    navigate('/')
  }

  return (
    <div className="mx-auto max-w-xl">
      <PageHeader
        title={title}
        description={to === null ? text('email.lead', { email: me.email }) : text('email.codesLead', { old: me.email, new: to })}
      />
      <Card>
        <CardBody>
          {to === null ? <NewEmailForm current={me.email} onAsk={ask} /> : <ConfirmEmailForm old={me.email} to={to} onConfirm={confirm} onCancel={cancel} />}
        </CardBody>
      </Card>
    </div>
  )
}
