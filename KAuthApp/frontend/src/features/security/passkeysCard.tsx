import { Button, Card, CardBody, CardHeader, EmptyState, LoadingLines, LoadProblem } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useAccountText } from '../../text/accountText'
import { knowsPasskeys } from '../passkeys/passkeySupport'
import { AddPasskeyDialog } from './addPasskeyDialog'
import { factorQueries } from './factorQueries'
import { PasskeyItem } from './passkeyItem'

export function PasskeysCard({ onCodes }: { onCodes: (codes: readonly string[] | null | undefined) => void }) {
  const text = useAccountText()
  const passkeys = useQuery(factorQueries.passkeys())
  const [isAdding, setIsAdding] = useState(false)
  const items = passkeys.data?.items ?? []
  const add = knowsPasskeys() && (
    <Button size="sm" onClick={() => setIsAdding(true)}>
      <Plus aria-hidden="true" className="size-4" />
      {text('passkeys.add')}
    </Button>
  )
  return (
    <Card aria-labelledby="passkeys">
      <CardHeader id="passkeys" title={text('passkeys.title')} description={text('passkeys.description')} action={items.length > 0 && add} />
      <CardBody>
        {passkeys.isPending && <LoadingLines lines={3} />}
        {passkeys.isError && <LoadProblem error={passkeys.error} retry={() => void passkeys.refetch()} />}
        {passkeys.isSuccess && items.length === 0 && (
          <div className="-my-8">
            <EmptyState title={text('passkeys.none')} action={add} />
          </div>
        )}
        <ul className="flex flex-col divide-y divide-line">
          {items.map((passkey) => (
            <PasskeyItem key={passkey.id} passkey={passkey} />
          ))}
        </ul>
        {!knowsPasskeys() && <p className="text-sm text-ink-soft">{text('passkeys.unsupported')}</p>}
      </CardBody>
      <AddPasskeyDialog isOpen={isAdding} count={items.length} onClose={() => setIsAdding(false)} onCodes={onCodes} />
    </Card>
  )
}
