import { Badge, Button, ConfirmDialog, Dialog, DialogActions, Form, FormProblem, SubmitButton, TextField, Time, useForm, useToast } from '@k/ui'
import { KeyRound, Pencil, Trash2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { PasskeyInfo } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { useRemovePasskey, useRenamePasskey } from './factorQueries'

export function PasskeyItem({ passkey }: { passkey: PasskeyInfo }) {
  const text = useAccountText()
  const toast = useToast()
  const remove = useRemovePasskey()
  const [asked, setAsked] = useState<'nothing' | 'rename' | 'remove'>('nothing')
  const { name } = passkey
  const close = () => setAsked('nothing')
  return (
    <li className="flex items-center gap-4 py-3.5 first:pt-0 last:pb-0">
      <span aria-hidden="true" className="grid size-10 shrink-0 place-items-center rounded-full bg-nila-soft text-nila max-sm:hidden">
        <KeyRound className="size-5" />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
          {name}
          <Badge tone={passkey.backedUp ? 'jade' : 'neutral'}>{text(passkey.backedUp ? 'passkeys.synced' : 'passkeys.deviceBound')}</Badge>
        </span>
        <span className="text-sm text-ink-soft">
          {text('passkeys.created')} <Time at={passkey.createdAt} as="date" /> ·{' '}
          {passkey.lastUsedAt === null ? (
            text('passkeys.neverUsed')
          ) : (
            <>
              {text('passkeys.lastUsed')} <Time at={passkey.lastUsedAt} as="relative" />
            </>
          )}
        </span>
        {passkey.counterRegressedAt !== null && (
          <span className="flex items-center gap-1.5 text-sm text-soga">
            <TriangleAlert aria-hidden="true" className="size-4 shrink-0" />
            <span>
              {text('passkeys.watch')} <Time at={passkey.counterRegressedAt} as="date" />
            </span>
          </span>
        )}
      </div>
      <div className="flex shrink-0">
        <Button variant="plain" size="icon" aria-label={text('passkeys.renameOf', { name })} title={text('passkeys.rename')} onClick={() => setAsked('rename')}>
          <Pencil aria-hidden="true" className="size-4.5" />
        </Button>
        <Button variant="dangerQuiet" size="icon" aria-label={text('passkeys.removeOf', { name })} title={text('account.remove')} onClick={() => setAsked('remove')}>
          <Trash2 aria-hidden="true" className="size-4.5" />
        </Button>
      </div>
      <Dialog isOpen={asked === 'rename'} onClose={close} title={text('passkeys.renameOf', { name })}>
        <RenameForm passkey={passkey} onClose={close} />
      </Dialog>
      <ConfirmDialog
        isOpen={asked === 'remove'}
        onClose={close}
        title={text('passkeys.removeTitle', { name })}
        body={text('passkeys.removeBody')}
        label={text('account.remove')}
        onConfirm={() => remove.mutateAsync(passkey.id).then(() => toast(text('passkeys.removed')))}
      />
    </li>
  )
}

function RenameForm({ passkey, onClose }: { passkey: PasskeyInfo; onClose: () => void }) {
  const text = useAccountText()
  const toast = useToast()
  const rename = useRenamePasskey()
  const form = useForm({
    initial: { name: passkey.name },
    validate: ({ name }) => (name.trim() === '' ? { name: text('kit.required') } : {}),
    submit: async ({ name }) => {
      await rename.mutateAsync({ passkeyId: passkey.id, name: name.trim() })
      onClose()
      toast(text('passkeys.renamed'))
    },
  })
  return (
    <Form form={form}>
      <TextField form={form} name="name" label={text('passkeys.name')} maxLength={64} autoComplete="off" />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('kit.save')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}
