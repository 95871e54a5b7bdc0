import { Check, Copy } from 'lucide-react'
import { useEffect, useState, type ComponentProps } from 'react'
import { useKitText } from '../i18n/i18n'
import { Button } from './button'

type CopyState = 'idle' | 'copied' | 'failed'

/** Puts `value` on the clipboard and says so, to eyes and to screen readers. */
export function CopyButton({ value, label, ...button }: { value: string; label?: string } & Omit<ComponentProps<typeof Button>, 'value' | 'onClick'>) {
  const text = useKitText()
  const [state, setState] = useState<CopyState>('idle')

  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2_500)
    return () => clearTimeout(timer)
  }, [state])

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value)
      setState('copied')
    } catch {
      setState('failed')
    }
  }

  const words: Record<CopyState, string> = { idle: label ?? text('kit.copy'), copied: text('kit.copied'), failed: text('kit.copyFailed') }
  return (
    <Button variant="outline" size="sm" {...button} onClick={() => void copy()}>
      {state === 'copied' ? <Check aria-hidden="true" className="size-4 text-jade" /> : <Copy aria-hidden="true" className="size-4" />}
      <span aria-live="polite">{words[state]}</span>
    </Button>
  )
}
