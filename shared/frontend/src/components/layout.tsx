import type { ComponentProps, ReactNode } from 'react'
import { cn } from '../lib/cn'
import { useKitText } from '../i18n/i18n'

export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={className ?? 'size-8'}>
      <rect width="32" height="32" rx="8" className="fill-vat dark:fill-nila-soft" />
      <g className="fill-white dark:fill-nila">
        <path d="M15 15C9.5 14.6 6.4 11.5 6 6c5.5.4 8.6 3.5 9 9Z" />
        <path d="M17 15c.4-5.5 3.5-8.6 9-9-.4 5.5-3.5 8.6-9 9Z" />
        <path d="M15 17c-.4 5.5-3.5 8.6-9 9 .4-5.5 3.5-8.6 9-9Z" />
        <path d="M17 17c5.5.4 8.6 3.5 9 9-5.5-.4-8.6-3.5-9-9Z" />
      </g>
    </svg>
  )
}

export function SkipLink() {
  const text = useKitText()
  return (
    <a
      href="#content"
      className="sr-only z-50 rounded-control bg-nila px-4 py-2 text-on-nila focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:px-4 focus:py-2"
    >
      {text('kit.skipToContent')}
    </a>
  )
}

export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section {...props} className={cn('rounded-card border border-line bg-surface shadow-card', className)} />
}

export function CardHeader(props: { title: ReactNode; description?: ReactNode; action?: ReactNode; id?: string }) {
  return (
    <header className="flex items-start justify-between gap-x-6 gap-y-3 px-5 pt-5 max-sm:flex-wrap sm:px-6">
      <div className="flex min-w-0 flex-col gap-0.5">
        <h2 id={props.id} className="text-lg font-semibold">
          {props.title}
        </h2>
        {props.description !== undefined && <p className="max-w-prose text-[0.925rem] text-ink-soft">{props.description}</p>}
      </div>
      {props.action}
    </header>
  )
}

export function CardBody({ className, ...props }: ComponentProps<'div'>) {
  return <div {...props} className={cn('p-5 sm:p-6', className)} />
}

export function PageHeader(props: { title: ReactNode; description?: ReactNode; action?: ReactNode; back?: ReactNode }) {
  return (
    <div className="flex flex-col gap-2 pb-6">
      {props.back}
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex min-w-0 flex-col gap-1">
          <h1 className="text-2xl font-semibold wrap-anywhere sm:text-[1.75rem]">{props.title}</h1>
          {props.description !== undefined && <p className="max-w-prose text-ink-soft">{props.description}</p>}
        </div>
        {props.action}
      </div>
    </div>
  )
}

/** Facts as label and value; two columns when there is room. */
export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cn('grid gap-x-8 gap-y-5 sm:grid-cols-2', className)}>{children}</dl>
}

export function Fact({ label, children, isWide }: { label: string; children: ReactNode; isWide?: boolean }) {
  return (
    <div className={cn('flex min-w-0 flex-col gap-0.5', isWide === true && 'sm:col-span-2')}>
      <dt className="text-sm text-ink-soft">{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  )
}
