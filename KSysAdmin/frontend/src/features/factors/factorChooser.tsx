import { Button, CodeField, Form, FormProblem, SubmitButton, TextField, useForm } from '@k/ui'
import { KeyRound } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Assertion, RequestOptions } from '../../api/types'
import { useText } from '../../text/text'
import { knowsPasskeys, signWithPasskey } from '../passkeys/passkeys'
import { METHOD_WORDS, usableMethods, type ProofMethod } from './methods'

export type Proof = { method: 'passkey'; assertion: Assertion } | { method: 'totp' | 'recoveryCode'; code: string }

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
  return (
    <div ref={frame} className="flex flex-col gap-4">
      {method === 'passkey' ? (
        <PasskeyProof requestOptions={requestOptions} prove={prove} />
      ) : (
        <TypedProof key={method} method={method} prove={prove} submitLabel={submitLabel} />
      )}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {usable
          .filter((candidate) => candidate !== method)
          .map((other) => (
            <Button key={other} variant="quiet" size="sm" onClick={() => setChosen(other)}>
              {text('factor.useOther', { method: text(METHOD_WORDS[other].name) })}
            </Button>
          ))}
      </div>
    </div>
  )
}

function PasskeyProof({ requestOptions, prove }: Pick<FactorChooserProps, 'requestOptions' | 'prove'>) {
  const text = useText()
  const form = useForm({
    initial: {},
    submit: async () => prove({ method: 'passkey', assertion: await signWithPasskey(await requestOptions()) }),
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

interface TypedProofProps extends Pick<FactorChooserProps, 'prove' | 'submitLabel'> {
  method: 'totp' | 'recoveryCode'
}

function TypedProof({ method, prove, submitLabel }: TypedProofProps) {
  const text = useText()
  const isTotp = method === 'totp'
  const form = useForm({
    initial: { code: '' },
    validate: ({ code }) => {
      if (isTotp && !/^\d{6}$/.test(code)) return { code: text('check.code') }
      return code.trim() === '' ? { code: text('kit.required') } : {}
    },
    submit: ({ code }) => prove({ method, code: code.trim() }),
  })
  return (
    <Form form={form}>
      <p className="text-ink-soft">{text(METHOD_WORDS[method].lead)}</p>
      {isTotp ? (
        <CodeField form={form} name="code" label={text('field.code')} />
      ) : (
        <TextField form={form} name="code" label={text('field.recoveryCode')} autoComplete="off" autoCapitalize="none" spellCheck={false} />
      )}
      <FormProblem form={form} />
      <SubmitButton form={form}>{submitLabel}</SubmitButton>
    </Form>
  )
}
