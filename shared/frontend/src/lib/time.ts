import type { Locale } from '../i18n/locale'

const TAGS: Record<Locale, string> = { en: 'en-GB', id: 'id-ID' }

export function formatDateTime(at: string, locale: Locale): string {
  return new Intl.DateTimeFormat(TAGS[locale], { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
}

export function formatDate(at: string, locale: Locale): string {
  return new Intl.DateTimeFormat(TAGS[locale], { dateStyle: 'medium' }).format(new Date(at))
}

/** `2026-11-21 07:30:00 UTC`, for the title of a shown time. */
export function formatUtc(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** “3 minutes ago”, “yesterday”; within a minute “now”. */
export function formatRelative(at: string, nowMs: number, locale: Locale): string {
  const seconds = Math.round((Date.parse(at) - nowMs) / 1_000)
  const format = new Intl.RelativeTimeFormat(TAGS[locale], { numeric: 'auto' })
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size)
  return step === undefined ? format.format(0, 'second') : format.format(Math.trunc(seconds / step[1]), step[0])
}

/** Hours, minutes, seconds as `23:59:07`; days in front when there are any. */
export function splitDuration(totalSeconds: number): { days: number; clock: string } {
  const left = Math.max(0, Math.floor(totalSeconds))
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor((left % 86_400) / 3_600)
  const minutes = Math.floor((left % 3_600) / 60)
  return { days: Math.floor(left / 86_400), clock: `${pad(hours)}:${pad(minutes)}:${pad(left % 60)}` }
}

/** How long to wait, in the largest unit that is still exact enough: `45 seconds`, `3 minutes`. Rounded up. */
export function formatWait(totalSeconds: number, locale: Locale): string {
  const [value, unit] = totalSeconds < 120 ? [totalSeconds, 'second'] : totalSeconds < 7_200 ? [totalSeconds / 60, 'minute'] : [totalSeconds / 3_600, 'hour']
  return new Intl.NumberFormat(TAGS[locale], { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(value))
}
