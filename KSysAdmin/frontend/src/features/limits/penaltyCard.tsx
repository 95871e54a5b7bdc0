import { Badge, Card, CardBody, CardHeader, Form, FormProblem, LoadingLines, LoadProblem, SubmitButton, SwitchField, TextField, useForm, useI18n, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import type { PenaltyBox } from '../../api/types'
import { useText } from '../../text/text'
import { usePermission } from '../shell/usePermission'
import { addressQueries, useChangePenalty } from './addressQueries'
import { limitQueries } from './limitQueries'
import { digits } from './limitRule'
import { checkPenalty, toPenaltyRule, toPenaltyValues } from './penaltyValues'

/** What happens to callers who keep hitting limits. */
export function PenaltyCard() {
  const text = useText()
  const box = useQuery(addressQueries.penaltyBox())
  return (
    <Card aria-labelledby="penaltyBox">
      <CardHeader
        id="penaltyBox"
        title={text('penalty.title')}
        description={text('penalty.lead')}
        action={box.data !== undefined && <Badge tone={box.data.enabled ? 'jade' : 'neutral'}>{text(box.data.enabled ? 'security.on' : 'security.off')}</Badge>}
      />
      <CardBody>
        {box.isPending && <LoadingLines lines={3} />}
        {box.data === undefined && box.isError && <LoadProblem error={box.error} retry={() => void box.refetch()} />}
        {box.data !== undefined && <PenaltyForm box={box.data} />}
        {box.data?.enabled === true && <PenaltyCount />}
      </CardBody>
    </Card>
  )
}

function PenaltyCount() {
  const text = useText()
  const { locale } = useI18n()
  const counters = useQuery(limitQueries.counters())
  if (counters.data === undefined) return null
  return <p className="mt-5 text-sm text-ink-soft">{text('penalty.count', { count: new Intl.NumberFormat(locale).format(counters.data.penaltyRefusals) })}</p>
}

function PenaltyForm({ box }: { box: PenaltyBox }) {
  const text = useText()
  const toast = useToast()
  const mayWrite = usePermission('rateLimit.write')
  const change = useChangePenalty()
  const form = useForm({
    initial: toPenaltyValues(box),
    validate: (values) => checkPenalty(text, values),
    submit: async (values) => {
      const saved = await change.mutateAsync(toPenaltyRule(values))
      form.reset(toPenaltyValues(saved))
      toast(text('penalty.saved'))
    },
  })
  return (
    <Form form={form}>
      <div className="grid gap-5 sm:grid-cols-3">
        <TextField form={form} name="refusals" label={text('penalty.refusals')} inputMode="numeric" shape={digits} className="digits" disabled={!mayWrite} />
        <TextField form={form} name="withinSeconds" label={text('limits.window')} inputMode="numeric" shape={digits} className="digits" disabled={!mayWrite} />
        <TextField form={form} name="penaltySeconds" label={text('penalty.seconds')} inputMode="numeric" shape={digits} className="digits" disabled={!mayWrite} />
      </div>
      <SwitchField label={text('limits.enabled')} isOn={form.values.enabled} isDisabled={!mayWrite} onChange={(isOn) => form.setValue('enabled', isOn)} />
      <FormProblem form={form} />
      {mayWrite && (
        <div className="flex justify-end">
          <SubmitButton form={form}>{text('kit.save')}</SubmitButton>
        </div>
      )}
    </Form>
  )
}
