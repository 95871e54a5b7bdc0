import { controlClass } from '@k/ui'
import { Search } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'

const PAUSE_MS = 300

/** Searches after a short pause in typing. What is searched for may change elsewhere too: by the back button, by a link. */
export function SearchBox({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState(value)
  const [asked, setAsked] = useState(value)
  const [known, setKnown] = useState(value)
  const search = useEffectEvent(onSearch)

  if (value !== known) {
    setKnown(value)
    setAsked(value)
    if (value !== asked) setTyped(value)
  }

  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => {
      setAsked(typed)
      search(typed)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, value])

  return (
    <div className="relative w-full sm:w-80">
      <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-3.5 size-4.5 -translate-y-1/2 text-ink-soft" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={`${controlClass} h-11 pl-10.5`}
      />
    </div>
  )
}
