import { cn } from '@k/ui'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { preloadPage } from '../pages'

export const textLinkClass = 'rounded font-medium text-nila underline decoration-nila/40 underline-offset-3 hover:decoration-nila'

/** A link to another page of this app, whose code is fetched as soon as somebody heads for it. */
export function TextLink({ to, className, children }: { to: string; className?: string; children: ReactNode }) {
  const preload = () => void preloadPage(to).catch(() => undefined)
  return (
    <Link to={to} className={cn(textLinkClass, className)} onPointerEnter={preload} onFocus={preload}>
      {children}
    </Link>
  )
}
