import { Badge, Button, ConfirmDialog, serverClock, Time, useToast } from '@k/ui'
import { useState } from 'react'
import type { ApiKey } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { useRevokeApiKey } from './apiKeyQueries'
import { SCOPES } from './scopes'

export function ApiKeyItem({ apiKey }: { apiKey: ApiKey }) {
  const text = useAccountText()
  const toast = useToast()
  const revoke = useRevokeApiKey()
  const [isAsking, setIsAsking] = useState(false)
  const { name } = apiKey
  return (
    <li className="flex flex-col gap-2 p-5 sm:px-6">
      <div className="flex items-center justify-between gap-3">
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-3 gap-y-0.5">
          <span className="font-medium wrap-anywhere">{name}</span>
          <code className="font-mono text-sm text-ink-soft">{apiKey.prefix}…</code>
        </span>
        <Button variant="dangerQuiet" size="sm" className="-mr-2 shrink-0" aria-label={text('keys.revokeOf', { name })} onClick={() => setIsAsking(true)}>
          {text('keys.revoke')}
        </Button>
      </div>
      <span className="flex flex-wrap gap-1.5">
        {apiKey.scopes.map((scope) => (
          <Badge key={scope} tone={scope.endsWith('.write') ? 'soga' : 'nila'}>
            <ScopeName scope={scope} />
          </Badge>
        ))}
      </span>
      <span className="flex flex-wrap gap-x-4 gap-y-0.5 text-sm text-ink-soft">
        <LastUse at={apiKey.lastUsedAt} />
        <span>
          {text('keys.created')} <Time at={apiKey.createdAt} as="date" />
        </span>
        <End at={apiKey.expiresAt} />
      </span>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('keys.revokeTitle', { name })}
        body={text('keys.revokeBody')}
        label={text('keys.revoke')}
        onConfirm={() => revoke.mutateAsync(apiKey.id).then(() => toast(text('keys.revoked')))}
      />
    </li>
  )
}

function ScopeName({ scope }: { scope: string }) {
  const text = useAccountText()
  const known = SCOPES.find((candidate) => candidate === scope)
  return known === undefined ? scope : text(`keys.scope.${known}`)
}

function LastUse({ at }: { at: string | null }) {
  const text = useAccountText()
  if (at === null) return <span>{text('keys.neverUsed')}</span>
  return (
    <span>
      {text('keys.lastUsed')} <Time at={at} as="relative" />
    </span>
  )
}

function End({ at }: { at: string | null }) {
  const text = useAccountText()
  if (at === null) return null
  const isOver = Date.parse(at) <= serverClock.now()
  return (
    <span>
      {isOver ? text('keys.expired') : text('keys.expires')} <Time at={at} as="date" />
    </span>
  )
}
