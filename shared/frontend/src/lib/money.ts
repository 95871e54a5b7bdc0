import type { Locale } from '../i18n/locale'

/** An amount as the API writes it. `value` is decimal text and stays text: nothing here computes with numbers. */
export interface Money {
  value: string
  currency: string
}

const SEPARATORS: Record<Locale, { group: string; decimal: string }> = {
  en: { group: ',', decimal: '.' },
  id: { group: '.', decimal: ',' },
}

/** `{value:"150000.00",currency:"IDR"}` → `Rp 150.000` (id), `IDR 150,000` (en). Cents that are zero are left out for IDR. */
export function formatMoney(money: Money, locale: Locale): string {
  const sign = money.value.startsWith('-') ? '−' : ''
  return `${sign}${currencyLabel(money.currency, locale)}\u00a0${formatAmount(money, locale)}`
}

/** The number alone, grouped for the locale. */
export function formatAmount(money: Money, locale: Locale): string {
  const parts = /^-?(\d+)(?:\.(\d+))?$/.exec(money.value)
  if (parts === null) return money.value
  const [, whole = '0', fraction = ''] = parts
  const { group, decimal } = SEPARATORS[locale]
  const shownFraction = money.currency === 'IDR' && /^0*$/.test(fraction) ? '' : fraction
  return groupDigits(whole, group) + (shownFraction === '' ? '' : decimal + shownFraction)
}

export function currencyLabel(currency: string, locale: Locale): string {
  return currency === 'IDR' && locale === 'id' ? 'Rp' : currency
}

/** Digits typed by a person, grouped while they type. Rupiah have no cents here, so separators carry no meaning. */
export function groupTyped(typed: string, locale: Locale): string {
  return groupDigits(digitsOf(typed), SEPARATORS[locale].group)
}

/** What was typed as an API amount, or null when there is none. `150.000` → `{value:"150000.00",currency:"IDR"}`. */
export function parseRupiah(typed: string): Money | null {
  const digits = digitsOf(typed)
  return digits === '' ? null : { value: `${digits}.00`, currency: 'IDR' }
}

function digitsOf(typed: string): string {
  return typed.replace(/\D/g, '').replace(/^0+/, '')
}

function groupDigits(digits: string, separator: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, separator)
}
