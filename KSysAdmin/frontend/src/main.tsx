import { createQueryClient, focusContentOnNavigation, startApp } from '@k/ui'
import '@k/ui/styles.css'
import { RouterProvider } from '@tanstack/react-router'
import { createAppRouter } from './routes'
import { catalog } from './text/text'

const queryClient = createQueryClient(leave)
const router = createAppRouter(queryClient)

/** The session ended while a page was shown: by time, in another window, by another administrator. */
function leave(): void {
  const isShown = router.state.matches.some((match) => match.routeId === '/signedIn' && match.status === 'success')
  if (!isShown) return
  const { pathname, searchStr } = router.state.location
  queryClient.clear()
  void router.navigate({ to: '/sign-in', search: { next: `/admin${pathname}${searchStr}` } })
}

focusContentOnNavigation(router)
startApp({ catalog, queryClient, app: <RouterProvider router={router} /> })
