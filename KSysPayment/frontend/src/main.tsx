import { createQueryClient, focusContentOnNavigation, startApp } from '@k/ui'
import '@k/ui/styles.css'
import { RouterProvider } from '@tanstack/react-router'
import { goToSignIn } from './features/me/meQueries'
import { createAppRouter } from './routes'
import { catalog } from './text/text'

const queryClient = createQueryClient(goToSignIn)
const router = createAppRouter(queryClient)

focusContentOnNavigation(router)
startApp({ catalog, queryClient, app: <RouterProvider router={router} /> })
