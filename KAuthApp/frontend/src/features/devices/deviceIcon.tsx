import { Monitor, Smartphone } from 'lucide-react'

export function DeviceIcon({ userAgent }: { userAgent: string | null | undefined }) {
  const Icon = /mobile|android|iphone/i.test(userAgent ?? '') ? Smartphone : Monitor
  return (
    <span aria-hidden="true" className="grid size-10 shrink-0 place-items-center rounded-full bg-sunken text-ink-soft">
      <Icon className="size-5" />
    </span>
  )
}
