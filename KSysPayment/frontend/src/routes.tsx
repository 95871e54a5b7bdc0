import { FailedPage, isUnauthenticated, LoadingPage, NotFoundPage, textParams } from '@k/ui'
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { meQueries } from './features/me/meQueries'

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  notFoundComponent: NotFoundPage,
  errorComponent: FailedPage,
})

const checkoutRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/checkout/$token',
  component: lazyRouteComponent(() => import('./features/checkout/checkoutPage'), 'CheckoutPage'),
})

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signedIn',
  beforeLoad: async ({ context }) => {
    try {
      await context.queryClient.query({ ...meQueries.me(), staleTime: 'static' })
    } catch (error) {
      if (!isUnauthenticated(error)) throw error
      // the query client has sent the browser to the sign-in page: show nothing until it has left
      await new Promise(() => undefined)
    }
  },
  component: lazyRouteComponent(() => import('./features/payments/paymentShell'), 'PaymentShell'),
})

const paymentListRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  validateSearch: (search) => textParams(search, 'status'),
  component: lazyRouteComponent(() => import('./features/payments/paymentListPage'), 'PaymentListPage'),
})

const createPaymentRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/new',
  component: lazyRouteComponent(() => import('./features/payments/createPaymentPage'), 'CreatePaymentPage'),
})

const paymentDetailRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/$paymentId',
  component: lazyRouteComponent(() => import('./features/payments/paymentDetailPage'), 'PaymentDetailPage'),
})

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      checkoutRoute,
      signedInRoute.addChildren([paymentListRoute, createPaymentRoute, paymentDetailRoute]),
    ]),
    basepath: '/payment',
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingComponent: LoadingPage,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
