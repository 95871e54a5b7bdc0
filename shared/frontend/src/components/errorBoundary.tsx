import { Component, type ReactNode } from 'react'
import { FailedPage } from './pages'

/** Shows the failed page in place of one that broke; `place` is where one is, and going elsewhere forgets the failure. */
export class ErrorBoundary extends Component<{ place: string; children: ReactNode }, { failure: unknown; failedAt: string | null }> {
  override state = { failure: null as unknown, failedAt: null as string | null }

  static getDerivedStateFromError(failure: unknown) {
    return { failure, failedAt: null }
  }

  override componentDidCatch(): void {
    this.setState({ failedAt: this.props.place })
  }

  override render(): ReactNode {
    const { failure, failedAt } = this.state
    const isHere = failure !== null && (failedAt === null || failedAt === this.props.place)
    // a part that could not be loaded is only asked for anew with the whole page
    return isHere ? <FailedPage error={failure} reset={() => globalThis.location.reload()} /> : this.props.children
  }
}
