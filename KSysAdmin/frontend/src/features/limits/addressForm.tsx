import { Button, DialogActions, Form, FormProblem, SelectField, serverClock, SubmitButton, TextAreaField, TextField, useForm, useToast } from '@k/ui'
import type { AddressEntry } from '../../api/types'
import { useText } from '../../text/text'
import { checkEntry, NEW_ENTRY, toAddressRule, toEntryValues, VERDICTS, type EntryValues } from './addressEntry'
import { useSaveEntry } from './addressQueries'

export function AddressForm({ entry, onClose }: { entry: AddressEntry | null; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const save = useSaveEntry(entry?.id ?? null)
  const form = useForm<EntryValues>({
    initial: entry === null ? NEW_ENTRY : toEntryValues(entry),
    validate: (values) => checkEntry(text, values, serverClock.now()),
    submit: async (values) => {
      await save.mutateAsync(toAddressRule(values))
      toast(text('addresses.saved'))
      onClose()
    },
  })
  return (
    <Form form={form}>
      <SelectField form={form} name="verdict" label={text('addresses.verdict')} choices={VERDICTS.map((value) => ({ value, label: text(`verdict.${value}`) }))} />
      <TextField
        form={form}
        name="network"
        label={text('addresses.network')}
        hint={text('addresses.networkHint')}
        maxLength={43}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className="font-mono text-[0.95rem]"
      />
      <TextField form={form} name="name" label={text('limits.name')} maxLength={100} autoComplete="off" />
      <TextAreaField form={form} name="reason" label={text('users.reason')} maxLength={500} />
      <TextField form={form} name="endsAt" label={text('addresses.endsAt')} hint={text('addresses.endsAtHint')} type="datetime-local" isOptional />
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
