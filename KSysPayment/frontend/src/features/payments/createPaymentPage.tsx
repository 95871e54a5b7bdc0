import {
  Card,
  CardBody,
  Form,
  FormProblem,
  currencyLabel,
  groupTyped,
  PageHeader,
  parseRupiah,
  SelectField,
  SubmitButton,
  TextField,
  useForm,
  useI18n,
  useOptionalText,
  usePageTitle,
  type FieldErrors,
} from '@k/ui'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useText } from '../../text/text'
import { useCreatePayment } from './paymentQueries'

const EXPIRIES = [
  { value: '3600', key: 'create.expiry.hour' },
  { value: '86400', key: 'create.expiry.day' },
  { value: '259200', key: 'create.expiry.threeDays' },
  { value: '604800', key: 'create.expiry.week' },
] as const

const EMPTY = { reference: '', amount: '', description: '', expiry: '86400' }
type Values = typeof EMPTY

export function CreatePaymentPage() {
  const text = useText()
  const optionalText = useOptionalText()
  const navigate = useNavigate()
  const { locale } = useI18n()
  const create = useCreatePayment()
  const attempt = useRef({ typed: '', key: '' })
  usePageTitle(text('create.title'))

  function validate(values: Values): FieldErrors<Values> {
    return {
      ...(!/^[\x21-\x7e]{1,64}$/.test(values.reference.trim()) && { reference: text('check.reference') }),
      ...(parseRupiah(values.amount) === null && { amount: text('check.amount') }),
    }
  }

  /** One key for as long as the form says the same: a second press after a lost answer cannot make a second payment. */
  function keyFor(values: Values): string {
    const typed = JSON.stringify(values)
    if (attempt.current.typed !== typed) attempt.current = { typed, key: newKey() }
    return attempt.current.key
  }

  const form = useForm<Values>({
    initial: EMPTY,
    validate,
    fieldText: (code) => optionalText(`problem.${code ?? ''}`),
    submit: async (values) => {
      const amount = parseRupiah(values.amount)
      if (amount === null) return
      const payment = await create.mutateAsync({
        key: keyFor(values),
        payment: {
          reference: values.reference.trim(),
          amount,
          description: values.description.trim() || null,
          expiresInSeconds: Number.parseInt(values.expiry, 10),
        },
      })
      await navigate({ to: '/$paymentId', params: { paymentId: payment.id } })
    },
  })

  return (
    <div className="mx-auto max-w-2xl">
      <PageHeader title={text('create.title')} description={text('create.lead')} />
      <Card>
        <CardBody>
          <Form form={form}>
            <TextField
              form={form}
              name="amount"
              label={text('create.amount')}
              inputMode="numeric"
              autoComplete="off"
              maxLength={19}
              shape={(typed) => groupTyped(typed, locale)}
              prefix={<span className="text-lg">{currencyLabel('IDR', locale)}</span>}
              className="digits h-16! pl-16! text-3xl! font-semibold tracking-tight"
            />
            <div className="grid gap-5 sm:grid-cols-2">
              <TextField
                form={form}
                name="reference"
                label={text('create.reference')}
                hint={text('create.referenceHint')}
                autoComplete="off"
                spellCheck={false}
                maxLength={64}
              />
              <SelectField
                form={form}
                name="expiry"
                label={text('create.expiry')}
                choices={EXPIRIES.map(({ value, key }) => ({ value, label: text(key) }))}
              />
            </div>
            <TextField
              form={form}
              name="description"
              label={text('create.description')}
              hint={text('create.descriptionHint')}
              isOptional
              autoComplete="off"
              maxLength={255}
            />
            <div className="flex items-center justify-between gap-4 rounded-control bg-sunken px-4 py-3 text-[0.95rem]">
              <span className="text-ink-soft">{text('create.method')}</span>
              <span className="font-medium">{text('create.briva')}</span>
            </div>
            <FormProblem form={form} />
            <SubmitButton form={form} className="sm:self-end">
              {text('create.submit')}
            </SubmitButton>
          </Form>
        </CardBody>
      </Card>
    </div>
  )
}

/** Also on plain http from another machine, where `crypto.randomUUID` is absent. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
