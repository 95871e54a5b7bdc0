import { Button, Card, CardBody, CardHeader, Dialog, DialogActions, Form, FormProblem, LoadingLines, LoadProblem, SubmitButton, TextField, useForm, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useText } from '../../text/text'
import { knowsPasskeys } from '../passkeys/passkeys'
import { PasskeyItem } from './passkeyItem'
import { securityQueries, useAddPasskey } from './securityQueries'

export function PasskeysCard() {
  const text = useText()
  const passkeys = useQuery(securityQueries.passkeys())
  const [isAdding, setIsAdding] = useState(false)
  const items = passkeys.data?.items ?? []
  return (
    <Card aria-labelledby="passkeys">
      <CardHeader
        id="passkeys"
        title={text('passkeys.title')}
        description={text('passkeys.lead')}
        action={
          knowsPasskeys() && (
            <Button size="sm" onClick={() => setIsAdding(true)}>
              <Plus aria-hidden="true" className="size-4" />
              {text('passkeys.add')}
            </Button>
          )
        }
      />
      <CardBody>
        {passkeys.isPending && <LoadingLines lines={3} />}
        {passkeys.isError && <LoadProblem error={passkeys.error} retry={() => void passkeys.refetch()} />}
        {passkeys.isSuccess && items.length === 0 && <p className="text-ink-soft">{text('passkeys.none')}</p>}
        <ul className="flex flex-col divide-y divide-line">
          {items.map((passkey) => (
            <PasskeyItem key={passkey.id} passkey={passkey} />
          ))}
        </ul>
        {!knowsPasskeys() && <p className="pt-3 text-sm text-ink-soft">{text('passkeys.unsupported')}</p>}
      </CardBody>
      <Dialog isOpen={isAdding} onClose={() => setIsAdding(false)} title={text('passkeys.addTitle')} description={text('passkeys.addLead')}>
        <AddForm count={items.length} onClose={() => setIsAdding(false)} />
      </Dialog>
    </Card>
  )
}

function AddForm({ count, onClose }: { count: number; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const add = useAddPasskey()
  const form = useForm({
    initial: { name: `Passkey ${count + 1}` },
    validate: ({ name }) => (name.trim() === '' ? { name: text('kit.required') } : {}),
    submit: async ({ name }) => {
      await add.mutateAsync(name.trim())
      onClose()
      toast(text('passkeys.added'))
    },
  })
  return (
    <Form form={form}>
      <TextField form={form} name="name" label={text('passkeys.name')} hint={text('passkeys.nameHint')} maxLength={100} autoComplete="off" />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('passkeys.create')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}
