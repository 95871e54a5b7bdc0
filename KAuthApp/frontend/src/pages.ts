import { lazyPart, type LazyPart } from './lazyPart'

/** Pages before sign-in by their path; the sign-in page itself comes with the first load. */
export const PAGES: Readonly<Record<string, LazyPart<object>>> = {
  '/register': lazyPart(() => import('./features/registration/registerPage').then((module) => module.RegisterPage)),
  '/verify': lazyPart(() => import('./features/registration/verifyPage').then((module) => module.VerifyPage)),
  '/forgot-password': lazyPart(() => import('./features/recovery/forgotPasswordPage').then((module) => module.ForgotPasswordPage)),
  '/reset-password': lazyPart(() => import('./features/recovery/resetPasswordPage').then((module) => module.ResetPasswordPage)),
  '/email/revert': lazyPart(() => import('./features/recovery/revertEmailPage').then((module) => module.RevertEmailPage)),
}

/** The pages of the account: one frame, whose sections change inside it. */
export const ACCOUNT_PATHS = /^\/(?:security|devices|api-keys|data|email)?\/?$/
export const AccountPages = lazyPart(() => import('./features/account/accountArea').then((module) => module.AccountArea))

/** Fetches the code of the page at this path, with or without search, ahead of going there. */
export function preloadPage(path: string): Promise<unknown> {
  const [name = ''] = path.split(/[?#]/, 1)
  const page = ACCOUNT_PATHS.test(name) ? AccountPages : PAGES[name]
  return page?.preload() ?? Promise.resolve()
}
