import { ErrorBoundary, LoadingPage, NotFoundPage } from '@k/ui'
import { Suspense } from 'react'
import { Route, Router, Switch, useLocation, type AroundNavHandler } from 'wouter'
import { SignInPage } from './features/signIn/signInPage'
import { ACCOUNT_PATHS, AccountPages, PAGES, preloadPage } from './pages'

const BASE = '/auth'

let lastAsked = 0

// the page one is on stays until the next one is there: nothing flashes. Who has gone elsewhere meanwhile stays there
const goWhenLoaded: AroundNavHandler = (navigate, to, options) => {
  const asked = ++lastAsked
  const from = globalThis.location.href
  const go = () => {
    if (asked === lastAsked && globalThis.location.href === from) navigate(to, options)
  }
  void preloadPage(to.slice(BASE.length)).then(go, go)
}

export function Pages() {
  return (
    <Router base={BASE} aroundNav={goWhenLoaded}>
      <PageHere />
    </Router>
  )
}

function PageHere() {
  const [path] = useLocation()
  return (
    <ErrorBoundary place={path}>
      <Suspense fallback={<LoadingPage />}>
        <Switch>
          <Route path="/sign-in" component={SignInPage} />
          <Route path={ACCOUNT_PATHS} component={AccountPages} />
          {Object.entries(PAGES).map(([pagePath, Page]) => (
            <Route key={pagePath} path={pagePath} component={Page} />
          ))}
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </ErrorBoundary>
  )
}
