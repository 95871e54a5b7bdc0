import type { ComponentProps, ReactNode } from 'react'
import { cn } from '../lib/cn'

/** A table that scrolls inside itself on narrow screens; the scrolling region can be focused. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    // a scrollable region must be reachable by keyboard
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" aria-label={label} tabIndex={0} className="relative overflow-x-auto rounded-card">
      <table className="w-full border-collapse text-left text-[0.95rem]">{children}</table>
    </div>
  )
}

export function HeaderCell({ className, ...props }: ComponentProps<'th'>) {
  return <th scope="col" {...props} className={cn('border-b border-line px-4 py-3 text-sm font-medium whitespace-nowrap text-ink-soft first:pl-6 last:pr-6', className)} />
}

export function Row({ className, ...props }: ComponentProps<'tr'>) {
  return <tr {...props} className={cn('relative border-b border-line transition-colors last:border-b-0 hover:bg-sunken/60', className)} />
}

export function Cell({ className, ...props }: ComponentProps<'td'>) {
  return <td {...props} className={cn('px-4 py-3.5 align-middle first:pl-6 last:pr-6', className)} />
}
