import { PageHeader, usePageTitle } from '@k/ui'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useText } from '../../text/text'
import { signInQueries } from '../signIn/signInQueries'
import { LanguageCard } from './languageCard'
import { PasskeysCard } from './passkeysCard'
import { PasswordCard } from './passwordCard'
import { RecoveryCodesCard } from './recoveryCodesCard'
import { RecoveryCodesDialog } from './recoveryCodesDialog'
import { SessionsCard } from './sessionsCard'
import { TotpCard } from './totpCard'

/** The own factors, password and sessions. New recovery codes are shown once, from here. */
export function SecurityPage() {
  const text = useText()
  const { data: me } = useSuspenseQuery(signInQueries.me())
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  usePageTitle(text('security.title'))
  return (
    <>
      <PageHeader title={text('security.title')} description={text('security.lead')} />
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <div className="flex min-w-0 flex-col gap-6">
          <PasskeysCard />
          <SessionsCard />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <TotpCard isOn={me.totp} mayRemove={me.passkeys > 0} />
          <RecoveryCodesCard left={me.recoveryCodesLeft} onCodes={setCodes} />
          <PasswordCard email={me.user.email} />
          <LanguageCard locale={me.locale} />
        </div>
      </div>
      {codes !== null && <RecoveryCodesDialog codes={codes} onKept={() => setCodes(null)} />}
    </>
  )
}
