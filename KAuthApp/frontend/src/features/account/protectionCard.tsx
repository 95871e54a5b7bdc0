import { Badge, Card, CardBody, CardHeader, cn } from '@k/ui'
import { Check, CircleDashed, TriangleAlert } from 'lucide-react'
import { Link } from 'wouter'
import type { Mfa } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { textLinkClass } from '../textLink'
import { areCodesFew, hasSecondFactor, protectionOf } from './protection'
import { preloadSection } from './sections'

type State = 'good' | 'open' | 'warning'

/** What guards the account, what does not yet, and where to change it. */
export function ProtectionCard({ mfa }: { mfa: Mfa }) {
  const text = useAccountText()
  const protection = protectionOf(mfa)
  const isFew = areCodesFew(mfa)
  return (
    <Card aria-labelledby="protection">
      <CardHeader id="protection" title={text('protection.title')} description={text(`protection.${protection}`)} />
      <CardBody>
        <ul className="flex flex-col divide-y divide-line">
          <Line
            state={mfa.passkeys > 0 ? 'good' : 'open'}
            title={text('protection.passkeys')}
            detail={mfa.passkeys > 0 ? text('protection.passkeysCount', { count: mfa.passkeys }) : text('protection.passkeysNone')}
          />
          <Line state={mfa.totp ? 'good' : 'open'} title={text('protection.totp')} detail={text(mfa.totp ? 'protection.totpOn' : 'protection.totpOff')} />
          {hasSecondFactor(mfa) && (
            <Line
              state={isFew ? 'warning' : 'good'}
              title={text('protection.codes')}
              detail={text(isFew ? 'protection.codesFew' : 'protection.codesLeft', { count: mfa.recoveryCodesLeft })}
            />
          )}
        </ul>
        <Link to="/security" className={cn(textLinkClass, 'mt-5 inline-block')} onPointerEnter={() => preloadSection('/security')}>
          {text(mfa.passkeys > 0 ? 'protection.manage' : 'protection.addPasskey')}
        </Link>
      </CardBody>
    </Card>
  )
}

const ICONS = { good: Check, open: CircleDashed, warning: TriangleAlert }
const TONES = { good: 'jade', open: 'neutral', warning: 'soga' } as const
const DISCS = { good: 'bg-jade-soft text-jade', open: 'bg-sunken text-ink-soft', warning: 'bg-soga-soft text-soga' }

function Line({ state, title, detail }: { state: State; title: string; detail: string }) {
  const text = useAccountText()
  const Icon = ICONS[state]
  return (
    <li className="flex items-start gap-4 py-4 first:pt-0 last:pb-0">
      <span aria-hidden="true" className={cn('grid size-9 shrink-0 place-items-center rounded-full', DISCS[state])}>
        <Icon className="size-4.5" />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
          <span className="font-medium">{title}</span>
          <Badge tone={TONES[state]}>{text(state === 'open' ? 'account.off' : 'account.on')}</Badge>
        </span>
        <span className="text-[0.925rem] text-ink-soft">{detail}</span>
      </div>
    </li>
  )
}
