import { createQueryClient, focusContentOnNavigation, startApp } from '@k/ui'
import '@k/ui/styles.css'
import { RouterProvider } from '@tanstack/react-router'
import { createAppRouter } from './routes'
import { catalog } from './text/text'

const queryClient = createQueryClient(leaveAccount)
const router = createAppRouter(queryClient)

/** The session ended while the account was on the page: in another window, by an administrator, by time. */
function leaveAccount(): void {
  const isShown = router.state.matches.some((match) => match.routeId === '/' && match.status === 'success')
  if (!isShown) return
  queryClient.clear()
  void router.navigate({ to: '/sign-in', search: { notice: 'sessionEnded' } })
}

focusContentOnNavigation(router)
startApp({ catalog, queryClient, app: <RouterProvider router={router} /> })
