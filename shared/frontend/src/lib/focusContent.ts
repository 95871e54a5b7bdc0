import type { AnyRouter } from '@tanstack/react-router'

/** After going to another page the focus is at its content, as after a page load: keyboards and screen readers start there. */
export function focusContentOnNavigation(router: AnyRouter): void {
  router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
    if (fromLocation === undefined || !pathChanged) return
    document.getElementById('content')?.focus({ preventScroll: true })
  })
}
