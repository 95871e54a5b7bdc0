import { ProblemError } from '../api/problem'
import { useKitText } from '../i18n/i18n'
import { useLoadProblemText } from '../i18n/useProblemText'
import { Button } from './button'
import { Spinner } from './feedback'
import { Mark } from './layout'

const START = import.meta.env.BASE_URL

/** While nothing is there yet; what comes at once comes without it. */
export function LoadingPage() {
  const text = useKitText()
  return (
    <div role="status" className="grid flex-1 animate-late place-items-center p-6 text-nila">
      <Spinner className="size-7" />
      <span className="sr-only">{text('kit.loading')}</span>
    </div>
  )
}

/** For paths no route knows. */
export function NotFoundPage() {
  const text = useKitText()
  return (
    <main className="grid flex-1 place-items-center p-6">
      <div className="flex max-w-md flex-col items-center gap-4 text-center">
        <Mark className="size-12" />
        <h1 className="text-2xl font-semibold">{text('kit.notFound.title')}</h1>
        <p className="text-ink-soft">{text('kit.notFound.body')}</p>
        <Button asChild variant="outline">
          <a href={START}>{text('kit.backToStart')}</a>
        </Button>
      </div>
    </main>
  )
}

/** For a page that broke, or whose first load was refused. */
export function FailedPage({ error, reset }: { error: unknown; reset: () => void }) {
  const text = useKitText()
  const problemText = useLoadProblemText()
  const requestId = error instanceof ProblemError ? error.problem.requestId : undefined
  return (
    <main role="alert" className="grid flex-1 place-items-center p-6">
      <div className="flex max-w-md flex-col items-center gap-4 text-center">
        <Mark className="size-12" />
        <h1 className="text-2xl font-semibold">{text('kit.failed.title')}</h1>
        <p className="text-ink-soft">{error instanceof ProblemError ? problemText(error) : text('kit.failed.body')}</p>
        <Button variant="outline" onClick={reset}>
          {text('kit.tryAgain')}
        </Button>
        {requestId !== undefined && <p className="font-mono text-xs text-ink-soft">{text('kit.requestId', { id: requestId })}</p>}
      </div>
    </main>
  )
}
