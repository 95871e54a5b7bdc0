import { createQueryClient, startApp } from '@k/ui'
import '@k/ui/styles.css'
import { RouterProvider } from '@tanstack/react-router'
import { createAppRouter } from './routes'
import { catalog } from './text/text'

const queryClient = createQueryClient(() => void router.invalidate())
const router = createAppRouter(queryClient)

startApp({ catalog, queryClient, app: <RouterProvider router={router} /> })
