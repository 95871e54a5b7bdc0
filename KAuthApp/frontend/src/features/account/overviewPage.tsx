import { Button, Card, PageHeader, Time, usePageTitle } from '@k/ui'
import type { User } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { ProfileCard } from './profileCard'
import { ProtectionCard } from './protectionCard'
import { RecentDevices } from './recentDevices'

export function OverviewPage({ me }: { me: User }) {
  const text = useAccountText()
  usePageTitle(text('account.title'))
  return (
    <>
      <PageHeader
        title={text('account.greeting', { name: me.fullName?.split(' ')[0] ?? me.email })}
        description={
          <>
            {text('account.since')} <Time at={me.createdAt} as="date" />
          </>
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <div className="flex min-w-0 flex-col gap-6">
          <ProtectionCard mfa={me.mfa} />
          <ProfileCard me={me} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <PaymentsCard />
          <RecentDevices />
        </div>
      </div>
    </>
  )
}

function PaymentsCard() {
  const text = useAccountText()
  return (
    <Card className="pattern-kawung flex flex-col items-start gap-4 border-transparent bg-vat p-6 text-white">
      <div className="flex flex-col gap-1">
        <h2 className="text-lg font-semibold">{text('home.payments')}</h2>
        <p className="text-white/80">{text('home.paymentsBody')}</p>
      </div>
      <Button asChild variant="outline" className="border-transparent bg-white! text-[oklch(0.3_0.11_270)]! hover:bg-white/90!">
        <a href="/payment/">{text('home.openPayments')}</a>
      </Button>
    </Card>
  )
}
