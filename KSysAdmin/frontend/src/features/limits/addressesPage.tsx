import { Badge, Button, Cell, ConfirmDialog, Dialog, HeaderCell, PageHeader, Row, Table, Time, usePageTitle, useToast } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { AddressEntry } from '../../api/types'
import { useText } from '../../text/text'
import { ListFrame } from '../shell/listFrame'
import { usePermission } from '../shell/usePermission'
import { AddressForm } from './addressForm'
import { addressQueries, useRemoveEntry } from './addressQueries'
import { LimitsNav } from './limitsNav'
import { PenaltyCard } from './penaltyCard'

export function AddressesPage() {
  const text = useText()
  const entries = useInfiniteQuery(addressQueries.list())
  const mayWrite = usePermission('rateLimit.write')
  const [isAdding, setIsAdding] = useState(false)
  usePageTitle(text('limits.pageAddresses'))
  return (
    <>
      <PageHeader
        title={text('limits.pageAddresses')}
        description={text('addresses.lead')}
        action={
          mayWrite && (
            <Button onClick={() => setIsAdding(true)}>
              <Plus aria-hidden="true" className="size-4.5" />
              {text('addresses.new')}
            </Button>
          )
        }
      />
      <LimitsNav />
      <div className="flex flex-col gap-6">
        <ListFrame query={entries} items={entries.data?.pages.flatMap((page) => page.items)} emptyTitle={text('addresses.empty')}>
          {(items) => <EntryTable items={items} mayWrite={mayWrite} />}
        </ListFrame>
        <PenaltyCard />
      </div>
      <Dialog isOpen={isAdding} onClose={() => setIsAdding(false)} title={text('addresses.new')}>
        <AddressForm entry={null} onClose={() => setIsAdding(false)} />
      </Dialog>
    </>
  )
}

function EntryTable({ items, mayWrite }: { items: readonly AddressEntry[]; mayWrite: boolean }) {
  const text = useText()
  return (
    <Table label={text('limits.pageAddresses')}>
      <thead>
        <tr>
          <HeaderCell>{text('addresses.network')}</HeaderCell>
          <HeaderCell>{text('addresses.verdict')}</HeaderCell>
          <HeaderCell>{text('users.reason')}</HeaderCell>
          <HeaderCell>{text('addresses.endsAt')}</HeaderCell>
          {mayWrite && (
            <HeaderCell>
              <span className="sr-only">{text('addresses.edit')}</span>
            </HeaderCell>
          )}
        </tr>
      </thead>
      <tbody>
        {items.map((entry) => (
          <EntryRow key={entry.id} entry={entry} mayWrite={mayWrite} />
        ))}
      </tbody>
    </Table>
  )
}

function EntryRow({ entry, mayWrite }: { entry: AddressEntry; mayWrite: boolean }) {
  const text = useText()
  return (
    <Row>
      <Cell className="min-w-48">
        <span className="block font-medium">{entry.name}</span>
        <span className="block font-mono text-[0.8125rem] text-ink-soft">{entry.network}</span>
      </Cell>
      <Cell>
        <Badge tone={entry.verdict === 'deny' ? 'brick' : 'jade'}>{text(`verdict.${entry.verdict}`)}</Badge>
      </Cell>
      <Cell className="min-w-56 wrap-anywhere">{entry.reason}</Cell>
      <Cell className="whitespace-nowrap">{entry.endsAt === null ? text('addresses.never') : <Time at={entry.endsAt} />}</Cell>
      {mayWrite && (
        <Cell className="text-right whitespace-nowrap">
          <EntryActions entry={entry} />
        </Cell>
      )}
    </Row>
  )
}

function EntryActions({ entry }: { entry: AddressEntry }) {
  const text = useText()
  const toast = useToast()
  const remove = useRemoveEntry(entry.id)
  const [asked, setAsked] = useState<'nothing' | 'edit' | 'remove'>('nothing')
  const { name } = entry
  const close = () => setAsked('nothing')
  return (
    <>
      <Button variant="plain" size="icon" aria-label={text('limits.editOf', { name })} onClick={() => setAsked('edit')}>
        <Pencil aria-hidden="true" className="size-4.5" />
      </Button>
      <Button variant="dangerQuiet" size="icon" aria-label={text('addresses.removeOf', { name })} onClick={() => setAsked('remove')}>
        <Trash2 aria-hidden="true" className="size-4.5" />
      </Button>
      <Dialog isOpen={asked === 'edit'} onClose={close} title={text('limits.editOf', { name })}>
        <AddressForm entry={entry} onClose={close} />
      </Dialog>
      <ConfirmDialog
        isOpen={asked === 'remove'}
        onClose={close}
        title={text('addresses.removeOf', { name })}
        body={text(entry.verdict === 'deny' ? 'addresses.removeDenied' : 'addresses.removeAllowed', { network: entry.network })}
        label={text('addresses.remove')}
        onConfirm={() => remove.mutateAsync().then(() => toast(text('addresses.removed')))}
      />
    </>
  )
}
