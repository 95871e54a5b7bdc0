import type { AnyRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

/** After going to another page the focus is at its content, as after a page load: keyboards and screen readers start there. */
export function focusContentOnNavigation(router: AnyRouter): void {
  router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
    if (fromLocation === undefined || !pathChanged) return
    document.getElementById('content')?.focus({ preventScroll: true })
  })
}

let lastPlace: string | null = null

/** The same for pages without that router: `place` names the page and the step of it. The first page leaves the focus to the browser. */
export function useContentFocus(place: string): void {
  useEffect(() => {
    if (lastPlace !== null && lastPlace !== place) document.getElementById('content')?.focus({ preventScroll: true })
    lastPlace = place
  }, [place])
}
