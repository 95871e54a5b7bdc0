import { useEffect, useRef, useState, type ComponentProps } from 'react'
import { Alert } from '../components/alert'
import { Button } from '../components/button'
import { useI18n, useKitText } from '../i18n/i18n'
import { useProblemText } from '../i18n/useProblemText'
import { formatWait } from '../lib/time'
import { useCountdown } from '../lib/useCountdown'
import type { FormState, FormValues } from './useForm'

/** The refusal of the whole form: announced, and the focus goes there unless a field is marked. */
export function FormProblem<Values extends FormValues>({ form }: { form: FormState<Values> }) {
  const problemText = useProblemText()
  const ref = useRef<HTMLDivElement>(null)
  const { problem } = form
  const hasMarkedField = Object.values(form.errors).some((sentence) => sentence !== undefined)

  useEffect(() => {
    if (problem !== null && !hasMarkedField) ref.current?.focus()
    // a field that is marked or cleared later leaves the focus where it is
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [problem])

  if (problem === null) return null
  if (form.waitUntil !== null) return <WaitNotice until={form.waitUntil} />
  return (
    <Alert tone="brick" ref={ref}>
      {problemText(problem)}
    </Alert>
  )
}

/** How long until the next try: a clock for the eyes, one sentence for the ears at the start and one at the end. */
function WaitNotice({ until }: { until: string }) {
  const text = useKitText()
  const { locale } = useI18n()
  const seconds = useCountdown(until)
  const [atFirst] = useState(seconds)
  if (seconds === 0) return <Alert tone="nila">{text('kit.wait.over')}</Alert>
  return (
    <Alert tone="soga" isUrgent>
      <span className="sr-only">{text('kit.wait', { time: formatWait(atFirst, locale) })}</span>
      <span aria-hidden="true" className="digits">
        {text('kit.wait', { time: formatWait(seconds, locale) })}
      </span>
    </Alert>
  )
}

export function SubmitButton<Values extends FormValues>(props: { form: FormState<Values> } & Omit<ComponentProps<typeof Button>, 'form' | 'type'>) {
  const { form, ...button } = props
  const isWaiting = useCountdown(form.waitUntil ?? EPOCH) > 0
  return <Button {...button} type="submit" isBusy={form.isSubmitting} aria-disabled={isWaiting ? true : undefined} />
}

const EPOCH = new Date(0).toISOString()
