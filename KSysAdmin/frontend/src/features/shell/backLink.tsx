import { ArrowLeft } from 'lucide-react'
import { Link } from '@tanstack/react-router'

export function BackLink({ to, children }: { to: '/users' | '/payments' | '/administrators'; children: string }) {
  return (
    <Link to={to} className="flex items-center gap-1.5 self-start rounded text-[0.95rem] text-ink-soft hover:text-ink">
      <ArrowLeft aria-hidden="true" className="size-4" />
      {children}
    </Link>
  )
}
