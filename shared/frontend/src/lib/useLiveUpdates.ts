import { useEffect, useEffectEvent, useState } from 'react'

/**
 * Listens to Server-Sent Events and calls back for each. Returns whether the line is open, so that the caller can poll
 * while it is not. The browser reconnects by itself; when it gives up, a new line is opened after a pause.
 */
export function useLiveUpdates(url: string | null, eventNames: readonly string[], onUpdate: () => void): boolean {
  const [isOpen, setIsOpen] = useState(false)
  const [attempt, setAttempt] = useState(0)
  const notify = useEffectEvent(onUpdate)
  const names = eventNames.join(' ')

  useEffect(() => {
    if (url === null || typeof EventSource === 'undefined') return
    const source = new EventSource(url)
    const listener = () => notify()
    let timer: ReturnType<typeof setTimeout> | undefined
    source.onopen = () => setIsOpen(true)
    source.onmessage = listener
    source.onerror = () => {
      setIsOpen(false)
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(() => setAttempt((count) => count + 1), 15_000)
    }
    for (const name of names.split(' ')) source.addEventListener(name, listener)
    return () => {
      clearTimeout(timer)
      source.close()
      setIsOpen(false)
    }
  }, [url, names, attempt])

  return isOpen
}
