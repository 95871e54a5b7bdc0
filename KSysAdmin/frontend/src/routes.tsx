import { FailedPage, isUnauthenticated, LoadingPage, NotFoundPage, textParams } from '@k/ui'
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { SignInPage } from './features/signIn/signInPage'
import { signInQueries } from './features/signIn/signInQueries'

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  notFoundComponent: NotFoundPage,
  errorComponent: FailedPage,
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search) => textParams(search, 'next'),
  component: SignInPage,
})

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./features/invitation/invitationPage'), 'InvitationPage'),
})

const browserRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/browser',
  component: lazyRouteComponent(() => import('./features/browser/browserPage'), 'BrowserPage'),
})

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signedIn',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.query({ ...signInQueries.me(), staleTime: 'static' })
    } catch (error) {
      if (!isUnauthenticated(error)) throw error
      const isStart = location.pathname === '/' && location.searchStr === ''
      throw redirect({ to: '/sign-in', search: isStart ? {} : { next: `/admin${location.pathname}${location.searchStr}` } })
    }
  },
  component: lazyRouteComponent(() => import('./features/shell/adminShell'), 'AdminShell'),
})

const overviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./features/overview/overviewPage'), 'OverviewPage'),
})

const usersRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/users',
  validateSearch: (search) => textParams(search, 'query', 'status'),
  component: lazyRouteComponent(() => import('./features/users/userListPage'), 'UserListPage'),
})

const userRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/users/$userId',
  component: lazyRouteComponent(() => import('./features/users/userDetailPage'), 'UserDetailPage'),
})

const paymentsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/payments',
  validateSearch: (search) => textParams(search, 'reference', 'status'),
  component: lazyRouteComponent(() => import('./features/payments/paymentListPage'), 'PaymentListPage'),
})

const paymentRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/payments/$paymentId',
  component: lazyRouteComponent(() => import('./features/payments/paymentTimelinePage'), 'PaymentTimelinePage'),
})

const limitsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/limits',
  component: lazyRouteComponent(() => import('./features/limits/limitsPage'), 'LimitsPage'),
})

const limitAddressesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/limits/addresses',
  component: lazyRouteComponent(() => import('./features/limits/addressesPage'), 'AddressesPage'),
})

const limitTryRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/limits/try',
  component: lazyRouteComponent(() => import('./features/limits/tryPage'), 'TryPage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./features/settings/settingsPage'), 'SettingsPage'),
})

const administratorsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/administrators',
  component: lazyRouteComponent(() => import('./features/administrators/administratorsPage'), 'AdministratorsPage'),
})

const rolesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/roles',
  component: lazyRouteComponent(() => import('./features/roles/rolesPage'), 'RolesPage'),
})

const securityRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/security',
  component: lazyRouteComponent(() => import('./features/security/securityPage'), 'SecurityPage'),
})

const auditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/audit',
  validateSearch: (search) => textParams(search, 'actor', 'action', 'target'),
  component: lazyRouteComponent(() => import('./features/audit/auditPage'), 'AuditPage'),
})

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      signInRoute,
      invitationRoute,
      browserRoute,
      signedInRoute.addChildren([
        overviewRoute,
        usersRoute,
        userRoute,
        paymentsRoute,
        paymentRoute,
        limitsRoute,
        limitAddressesRoute,
        limitTryRoute,
        settingsRoute,
        administratorsRoute,
        rolesRoute,
        securityRoute,
        auditRoute,
      ]),
    ]),
    basepath: '/admin',
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
