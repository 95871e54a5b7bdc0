import { LoadingLines } from '@k/ui'
import { Suspense, type ComponentType } from 'react'
import type { User } from '../../api/types'
import { lazyPart, type LazyPart } from '../../lazyPart'
import type { AccountKey } from '../../text/accountEn'
import { OverviewPage } from './overviewPage'

type SectionPage = LazyPart<{ me: User }>

/** The parts of the account by their path; the overview comes with the frame. */
const PARTS: Readonly<Record<string, SectionPage>> = {
  '/security': lazyPart(() => import('../security/securityPage').then((module) => module.SecurityPage)),
  '/devices': lazyPart(() => import('../devices/devicesPage').then((module) => module.DevicesPage)),
  '/api-keys': lazyPart(() => import('../apiKeys/apiKeysPage').then((module) => module.ApiKeysPage)),
  '/data': lazyPart(() => import('../data/dataPage').then((module) => module.DataPage)),
  '/email': lazyPart(() => import('../email/changeEmailPage').then((module) => module.ChangeEmailPage)),
}

/** In the order of the bar. */
export const SECTIONS: readonly { path: string; label: AccountKey }[] = [
  { path: '/', label: 'account.overview' },
  { path: '/security', label: 'account.security' },
  { path: '/devices', label: 'account.devices' },
  { path: '/api-keys', label: 'account.apiKeys' },
  { path: '/data', label: 'account.data' },
]

export function preloadSection(path: string): void {
  void PARTS[path]?.preload().catch(() => undefined)
}

export function Section({ path, me }: { path: string; me: User }) {
  const Part: ComponentType<{ me: User }> = PARTS[path] ?? OverviewPage
  return (
    <Suspense fallback={<LoadingLines lines={6} />}>
      <Part me={me} />
    </Suspense>
  )
}
