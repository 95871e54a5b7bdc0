import type { ReactNode } from 'react'
import { useKitText } from '../i18n/i18n'
import { useLoadProblemText } from '../i18n/useProblemText'
import { ProblemError } from '../api/problem'
import { cn } from '../lib/cn'
import { Button } from './button'

export function Spinner({ className }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 20 20" className={cn('animate-spin', className ?? 'size-5')}>
      <circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" strokeOpacity="0.25" strokeWidth="2.2" />
      <path d="M18 10a8 8 0 0 0-8-8" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  )
}

/** Lines where text will be. Read out once as “loading”. */
export function LoadingLines({ lines = 4 }: { lines?: number }) {
  const text = useKitText()
  return (
    <div role="status" className="flex flex-col gap-3 py-1">
      <span className="sr-only">{text('kit.loading')}</span>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className={cn('h-5 animate-pulse rounded-md bg-sunken', index % 3 === 1 ? 'w-2/3' : index % 3 === 2 ? 'w-4/5' : 'w-full')} />
      ))}
    </div>
  )
}

/** A part of the page that could not be loaded, with a way to ask again. */
export function LoadProblem({ error, retry }: { error: unknown; retry?: () => void }) {
  const text = useKitText()
  const problemText = useLoadProblemText()
  const requestId = error instanceof ProblemError ? error.problem.requestId : undefined
  return (
    <div role="alert" className="flex flex-col items-center gap-4 px-4 py-10 text-center">
      <p className="max-w-prose">{problemText(error)}</p>
      {retry !== undefined && (
        <Button variant="outline" size="sm" onClick={retry}>
          {text('kit.tryAgain')}
        </Button>
      )}
      {requestId !== undefined && <p className="font-mono text-xs text-ink-soft">{text('kit.requestId', { id: requestId })}</p>}
    </div>
  )
}

export function EmptyState(props: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <svg aria-hidden="true" viewBox="0 0 48 48" className="size-12 text-line-strong/60">
        <g fill="none" stroke="currentColor" strokeWidth="1.5">
          <path d="M22 22C13 21 7 15 6 6c9 1 15 7 16 16Z" />
          <path d="M26 22c1-9 7-15 16-16-1 9-7 15-16 16Z" />
          <path d="M22 26c-1 9-7 15-16 16 1-9 7-15 16-16Z" />
          <path d="M26 26c9 1 15 7 16 16-9-1-15-7-16-16Z" />
        </g>
      </svg>
      <p className="text-lg font-medium">{props.title}</p>
      {props.children !== undefined && <div className="max-w-md text-ink-soft">{props.children}</div>}
      {props.action !== undefined && <div className="mt-2">{props.action}</div>}
    </div>
  )
}
