import { Badge, Button, ConfirmDialog, Dialog, DialogActions, Form, FormProblem, SubmitButton, TextField, Time, useForm, useToast } from '@k/ui'
import { Pencil, Trash2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { PasskeyInfo } from '../../api/types'
import { useText } from '../../text/text'
import { useRemovePasskey, useRenamePasskey } from './securityQueries'

export function PasskeyItem({ passkey }: { passkey: PasskeyInfo }) {
  const text = useText()
  const toast = useToast()
  const remove = useRemovePasskey()
  const [asked, setAsked] = useState<'nothing' | 'rename' | 'remove'>('nothing')
  const { name } = passkey
  const close = () => setAsked('nothing')
  return (
    <li className="flex items-center gap-4 py-3.5 first:pt-0 last:pb-0">
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
          {name}
          <Badge tone={passkey.backedUp ? 'jade' : 'neutral'}>{text(passkey.backedUp ? 'passkeys.synced' : 'passkeys.deviceBound')}</Badge>
        </span>
        <span className="text-sm text-ink-soft">
          {text('passkeys.created')} <Time at={passkey.createdAt} as="date" /> · <LastUse at={passkey.lastUsedAt} />
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
        <Button variant="plain" size="icon" aria-label={text('passkeys.renameOf', { name })} onClick={() => setAsked('rename')}>
          <Pencil aria-hidden="true" className="size-4.5" />
        </Button>
        <Button variant="dangerQuiet" size="icon" aria-label={text('passkeys.removeOf', { name })} onClick={() => setAsked('remove')}>
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
        label={text('passkeys.remove')}
        onConfirm={() => remove.mutateAsync(passkey.id).then(() => toast(text('passkeys.removed')))}
      />
    </li>
  )
}

function LastUse({ at }: { at: string | null }) {
  const text = useText()
  if (at === null) return text('passkeys.neverUsed')
  return (
    <>
      {text('passkeys.lastUsed')} <Time at={at} as="relative" />
    </>
  )
}

function RenameForm({ passkey, onClose }: { passkey: PasskeyInfo; onClose: () => void }) {
  const text = useText()
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
      <TextField form={form} name="name" label={text('passkeys.name')} maxLength={100} autoComplete="off" />
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
