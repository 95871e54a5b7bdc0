import { FailedPage, isUnauthenticated, NotFoundPage, textParams } from '@k/ui'
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { accountQueries } from './features/account/accountQueries'
import { SignInPage } from './features/signIn/signInPage'

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  notFoundComponent: NotFoundPage,
  errorComponent: FailedPage,
})

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async ({ context }) => {
    try {
      await context.queryClient.query({ ...accountQueries.me(), staleTime: 'static' })
    } catch (error) {
      if (isUnauthenticated(error)) throw redirect({ to: '/sign-in' })
      throw error
    }
  },
  component: lazyRouteComponent(() => import('./features/account/accountPage'), 'AccountPage'),
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search) => textParams(search, 'next', 'email', 'notice'),
  component: SignInPage,
})

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/register',
  component: lazyRouteComponent(() => import('./features/registration/registerPage'), 'RegisterPage'),
})

const verifyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify',
  validateSearch: (search) => textParams(search, 'email'),
  component: lazyRouteComponent(() => import('./features/registration/verifyPage'), 'VerifyPage'),
})

const forgotPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot-password',
  validateSearch: (search) => textParams(search, 'email'),
  component: lazyRouteComponent(() => import('./features/recovery/forgotPasswordPage'), 'ForgotPasswordPage'),
})

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password',
  validateSearch: (search) => textParams(search, 'email'),
  component: lazyRouteComponent(() => import('./features/recovery/resetPasswordPage'), 'ResetPasswordPage'),
})

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      accountRoute,
      signInRoute,
      registerRoute,
      verifyRoute,
      forgotPasswordRoute,
      resetPasswordRoute,
    ]),
    basepath: '/auth',
    context: { queryClient },
    defaultPreload: 'intent',
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
