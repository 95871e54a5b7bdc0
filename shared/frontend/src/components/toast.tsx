import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react'
import { cn } from '../lib/cn'

interface Toast {
  id: number
  message: string
  tone: 'jade' | 'brick'
}

type ShowToast = (message: string, tone?: Toast['tone']) => void

const ToastContext = createContext<ShowToast | null>(null)
const SHOWN_FOR_MS = 6_000

/** Short notes about what was done, in one live region that is there from the start. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])

  const show = useCallback<ShowToast>((message, tone = 'jade') => {
    const id = Date.now() + Math.random()
    setToasts((before) => [...before.slice(-2), { id, message, tone }])
    setTimeout(() => setToasts((before) => before.filter((toast) => toast.id !== id)), SHOWN_FOR_MS)
  }, [])

  return (
    <ToastContext value={useMemo(() => show, [show])}>
      {children}
      <div aria-live="polite" className="pointer-events-none fixed inset-x-4 bottom-4 z-40 flex flex-col items-center gap-2">
        {toasts.map((toast) => (
          <div
            key={toast.id}
            className={cn(
              'animate-rise rounded-control px-4 py-2.5 text-[0.95rem] font-medium text-white shadow-card',
              toast.tone === 'jade' ? 'bg-[oklch(0.28_0.03_266)] dark:bg-[oklch(0.36_0.03_266)]' : 'bg-[oklch(0.45_0.15_26)]',
            )}
          >
            {toast.message}
          </div>
        ))}
      </div>
    </ToastContext>
  )
}

export function useToast(): ShowToast {
  const show = use(ToastContext)
  if (show === null) throw new Error('ToastProvider is missing')
  return show
}
