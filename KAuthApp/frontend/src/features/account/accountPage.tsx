import { Button, Card, PageHeader, Time, usePageTitle } from '@k/ui'
import { AccountMenu, AppName, MenuItem, navLinkClass, Shell } from '@k/ui/shell'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useText } from '../../text/text'
import { useSignOut } from '../signIn/signInQueries'
import { accountQueries } from './accountQueries'
import { PasswordCard } from './passwordCard'
import { ProfileCard } from './profileCard'
import { SessionsCard } from './sessionsCard'

export function AccountPage() {
  const text = useText()
  const { data: me } = useSuspenseQuery(accountQueries.me())
  const signOut = useSignOut()
  const name = me.fullName ?? me.email
  usePageTitle(text('account.title'))

  return (
    <Shell
      app={<AppName>K</AppName>}
      navigation={
        <>
          <Link to="/" className={navLinkClass}>
            {text('account.title')}
          </Link>
          <a href="/payment/" className={navLinkClass}>
            {text('account.payments')}
          </a>
        </>
      }
      menu={
        <AccountMenu name={name} detail={me.email}>
          <MenuItem onSelect={() => signOut.mutate(undefined, { onSuccess: () => globalThis.location.assign('/auth/sign-in') })}>
            {text('account.signOut')}
          </MenuItem>
        </AccountMenu>
      }
    >
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
          <ProfileCard me={me} />
          <SessionsCard />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <PaymentsCard />
          <PasswordCard email={me.email} />
        </div>
      </div>
    </Shell>
  )
}

function PaymentsCard() {
  const text = useText()
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
