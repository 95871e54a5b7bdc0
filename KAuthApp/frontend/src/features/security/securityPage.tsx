import { PageHeader, usePageTitle } from '@k/ui'
import { useState } from 'react'
import type { User } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { PasskeysCard } from './passkeysCard'
import { PasswordCard } from './passwordCard'
import { RecoveryCodesCard } from './recoveryCodesCard'
import { RecoveryCodesDialog } from './recoveryCodesDialog'
import { TotpCard } from './totpCard'

/** Passkeys, authenticator app, recovery codes, password. Codes made by any of them are shown once, from here. */
export function SecurityPage({ me }: { me: User }) {
  const text = useAccountText()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  usePageTitle(text('security.title'))

  function showCodes(made: readonly string[] | null | undefined): void {
    if (made && made.length > 0) setCodes(made)
  }

  return (
    <>
      <PageHeader title={text('security.title')} description={text('security.lead')} />
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <div className="flex min-w-0 flex-col gap-6">
          <PasskeysCard onCodes={showCodes} />
          <TotpCard isOn={me.mfa.totp} hasCodes={me.mfa.recoveryCodesLeft > 0} onCodes={showCodes} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <RecoveryCodesCard mfa={me.mfa} onCodes={showCodes} />
          <PasswordCard email={me.email} fullName={me.fullName} />
        </div>
      </div>
      {codes !== null && <RecoveryCodesDialog codes={codes} email={me.email} onKept={() => setCodes(null)} />}
    </>
  )
}
