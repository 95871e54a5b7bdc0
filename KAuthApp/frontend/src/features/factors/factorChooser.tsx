import { CodeField, Form, FormProblem, PasswordField, SubmitButton, TextField, useForm } from '@k/ui'
import { Asterisk, ChevronRight, KeyRound, LifeBuoy, Mail, Smartphone } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { FactorProof, RequestOptions } from '../../api/types'
import { useText } from '../../text/text'
import { checkCode } from '../checks'
import { knowsPasskeys, loadCeremonies } from '../passkeys/passkeySupport'
import { METHOD_WORDS, usableMethods, type ProofMethod } from './methods'

export interface Proof extends Omit<FactorProof, 'method'> {
  method: ProofMethod
}

interface FactorChooserProps {
  methods: readonly string[]
  /** What a passkey has to sign here. */
  requestOptions: () => Promise<RequestOptions>
  /** Rejects with the problem to show. */
  prove: (proof: Proof) => Promise<unknown>
  submitLabel: string
}

/** One way to prove who one is at a time, and buttons to the other ways that this account has. */
export function FactorChooser({ methods, requestOptions, prove, submitLabel }: FactorChooserProps) {
  const text = useText()
  const usable = usableMethods(methods, knowsPasskeys())
  const [chosen, setChosen] = useState<ProofMethod | null>(null)
  const frame = useRef<HTMLDivElement>(null)
  const method = chosen ?? usable[0]

  useEffect(() => {
    if (chosen !== null) frame.current?.querySelector<HTMLElement>('input:not([hidden]), button')?.focus()
  }, [chosen])

  if (method === undefined) return <p role="status">{text('factor.none')}</p>
  const others = usable.filter((candidate) => candidate !== method)
  return (
    <div ref={frame} className="flex flex-col gap-5">
      {method === 'passkey' ? (
        <PasskeyProof requestOptions={requestOptions} prove={prove} />
      ) : (
        <TypedProof key={method} method={method} prove={prove} submitLabel={submitLabel} />
      )}
      {others.length > 0 && (
        <div className="flex flex-col gap-2 pt-1">
          <p className="text-sm text-ink-soft">{text('factor.others')}</p>
          <ul className="flex flex-col divide-y divide-line overflow-hidden rounded-control border border-line">
            {others.map((other) => (
              <OtherWay key={other} method={other} onChoose={() => setChosen(other)} />
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

const ICONS = { passkey: KeyRound, totp: Smartphone, emailCode: Mail, recoveryCode: LifeBuoy, password: Asterisk }

function OtherWay({ method, onChoose }: { method: ProofMethod; onChoose: () => void }) {
  const text = useText()
  const Icon = ICONS[method]
  return (
    <li>
      <button
        type="button"
        onClick={onChoose}
        className="flex w-full items-center gap-3 bg-surface px-4 py-3 text-left text-[0.95rem] font-medium -outline-offset-2 hover:bg-sunken"
      >
        <Icon aria-hidden="true" className="size-4.5 text-nila" />
        <span className="flex-1">{text(METHOD_WORDS[method].name)}</span>
        <ChevronRight aria-hidden="true" className="size-4 text-ink-soft" />
      </button>
    </li>
  )
}

function PasskeyProof({ requestOptions, prove }: Pick<FactorChooserProps, 'requestOptions' | 'prove'>) {
  const text = useText()
  const form = useForm({
    initial: {},
    submit: async () => {
      const [options, { signWithPasskey }] = await Promise.all([requestOptions(), loadCeremonies()])
      await prove({ method: 'passkey', assertion: await signWithPasskey(options) })
    },
  })
  return (
    <Form form={form}>
      <p className="text-ink-soft">{text('factor.passkeyLead')}</p>
      <FormProblem form={form} />
      <SubmitButton form={form}>
        <KeyRound aria-hidden="true" className="size-4.5" />
        {text('factor.usePasskey')}
      </SubmitButton>
    </Form>
  )
}

type TypedMethod = Exclude<ProofMethod, 'passkey'>

function TypedProof({ method, prove, submitLabel }: { method: TypedMethod; prove: FactorChooserProps['prove']; submitLabel: string }) {
  const text = useText()
  const hasDigits = method === 'totp' || method === 'emailCode'
  const form = useForm({
    initial: { code: '' },
    validate: ({ code }) => {
      const complaint = hasDigits ? checkCode(text, code) : code.trim() === '' ? text('kit.required') : undefined
      return complaint === undefined ? {} : { code: complaint }
    },
    submit: ({ code }) => prove({ method, code: method === 'password' ? code : code.trim() }),
  })
  return (
    <Form form={form}>
      <p className="text-ink-soft">{text(METHOD_WORDS[method].lead)}</p>
      {hasDigits && <CodeField form={form} name="code" label={text('field.code')} />}
      {method === 'password' && <PasswordField form={form} name="code" label={text('field.password')} autoComplete="current-password" />}
      {method === 'recoveryCode' && (
        <TextField
          form={form}
          name="code"
          label={text('field.recoveryCode')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className="font-mono"
        />
      )}
      <FormProblem form={form} />
      <SubmitButton form={form}>{submitLabel}</SubmitButton>
    </Form>
  )
}
