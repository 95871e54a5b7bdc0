import { useI18n } from '../i18n/i18n'
import { formatDate, formatDateTime, formatRelative, formatUtc } from '../lib/time'
import { serverClock } from '../lib/serverClock'

/** A moment in the reader's own time, with UTC in the title. */
export function Time({ at, as = 'dateTime' }: { at: string; as?: 'dateTime' | 'date' | 'relative' }) {
  const { locale } = useI18n()
  const shown =
    as === 'date' ? formatDate(at, locale) : as === 'relative' ? formatRelative(at, serverClock.now(), locale) : formatDateTime(at, locale)
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {shown}
    </time>
  )
}
