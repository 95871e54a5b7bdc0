import { Alert } from '@k/ui'
import { useText } from '../../text/text'
import { troublesOf, type CountersRead } from './counters'

/** Says which gateway does not do what stands on this page, and why; nothing while all of them do. */
export function GatewayNotice({ counters }: { counters: CountersRead | undefined }) {
  const text = useText()
  const troubles = counters === undefined ? [] : troublesOf(counters)
  if (troubles.length === 0) return null
  return (
    <div className="mb-6">
      <Alert tone="soga" title={text('gateway.trouble')}>
        <ul className="mt-1 flex flex-col gap-1">
          {troubles.map(({ url, trouble, version }) => (
            <li key={`${url} ${trouble}`} className="wrap-anywhere">
              {text(`gateway.${trouble}`, { url, version })}
            </li>
          ))}
        </ul>
      </Alert>
    </div>
  )
}
