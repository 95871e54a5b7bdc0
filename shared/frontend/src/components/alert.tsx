import type { ReactNode, Ref } from 'react'
import { cn } from '../lib/cn'

export type Tone = 'nila' | 'jade' | 'soga' | 'brick' | 'neutral'

const SOFT: Record<Tone, string> = {
  nila: 'bg-nila-soft text-nila-strong',
  jade: 'bg-jade-soft text-jade',
  soga: 'bg-soga-soft text-soga',
  brick: 'bg-brick-soft text-brick',
  neutral: 'bg-sunken text-ink-soft',
}

const EDGE: Record<Tone, string> = {
  nila: 'border-nila',
  jade: 'border-jade',
  soga: 'border-soga',
  brick: 'border-brick',
  neutral: 'border-line-strong',
}

interface AlertProps {
  tone?: Tone
  title?: string
  children?: ReactNode
  /** Interrupts a screen reader; trouble always does. */
  isUrgent?: boolean
  /** With one the message can be given the focus. */
  ref?: Ref<HTMLDivElement>
}

/** A message about what just happened. Trouble interrupts a screen reader; the rest waits for its turn. */
export function Alert({ tone = 'nila', title, children, isUrgent, ref }: AlertProps) {
  return (
    <div
      ref={ref}
      tabIndex={ref === undefined ? undefined : -1}
      role={isUrgent === true || tone === 'brick' ? 'alert' : 'status'}
      className={cn('animate-rise rounded-control border-l-3 px-4 py-3 text-[0.95rem] text-ink', SOFT[tone].split(' ')[0], EDGE[tone])}
    >
      {title !== undefined && <p className="font-medium">{title}</p>}
      {children}
    </div>
  )
}

export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={cn('inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-[0.8rem] font-medium whitespace-nowrap', SOFT[tone])}>
      <span aria-hidden="true" className="size-1.5 rounded-full bg-current" />
      {children}
    </span>
  )
}
