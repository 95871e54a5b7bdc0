import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { X } from 'lucide-react'
import { useKitText } from '../i18n/i18n'
import { Button } from './button'

interface DialogProps {
  isOpen: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  /** Closes only by what stands in it: neither Escape nor a cross. */
  isFirm?: boolean
  children: ReactNode
}

/**
 * The browser's own modal dialog: it traps and returns focus, closes on Escape and needs no injected style,
 * which a strict content security policy would refuse. Its content is mounted only while it is open.
 */
export function Dialog(props: DialogProps) {
  return props.isOpen ? <OpenDialog {...props} /> : null
}

function OpenDialog(props: DialogProps) {
  const text = useKitText()
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const descriptionId = useId()

  // before the element leaves the page: a dialog that is gone cannot give the focus back
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('input:not([hidden]), select, textarea')?.focus()
    return () => {
      dialog?.close()
      setTimeout(focusContentWhenLost)
    }
  }, [])

  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      aria-describedby={props.description === undefined ? undefined : descriptionId}
      onCancel={(event) => {
        event.preventDefault()
        if (props.isFirm !== true) props.onClose()
      }}
      className="w-[min(34rem,calc(100vw-2rem))] animate-rise rounded-card border border-line bg-surface text-ink shadow-card"
    >
      <div className="flex flex-col gap-5 p-6">
        <div className="flex items-start justify-between gap-4">
          <div className="flex min-w-0 flex-col gap-1 wrap-anywhere">
            <h2 id={titleId} className="text-xl font-semibold">
              {props.title}
            </h2>
            {props.description !== undefined && (
              <p id={descriptionId} className="text-ink-soft">
                {props.description}
              </p>
            )}
          </div>
          {props.isFirm !== true && (
            <Button variant="plain" size="icon" aria-label={text('kit.close')} onClick={props.onClose} className="-mt-1 -mr-2 shrink-0">
              <X className="size-5" />
            </Button>
          )}
        </div>
        {props.children}
      </div>
    </dialog>
  )
}

/** What had the focus before may be gone by what was done in the dialog. */
function focusContentWhenLost(): void {
  const hasFocus = document.activeElement !== null && document.activeElement !== document.body
  if (!hasFocus) document.getElementById('content')?.focus({ preventScroll: true })
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-3 pt-1">{children}</div>
}
