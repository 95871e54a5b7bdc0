import { describe, expect, test } from 'vitest'
import { formatMoney, groupTyped, parseRupiah } from './money'

const idr = (value: string) => ({ value, currency: 'IDR' })
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('money', () => {
  test.each([
    ['150000.00', 'IDR 150,000', 'Rp 150.000'],
    ['0.00', 'IDR 0', 'Rp 0'],
    ['999.00', 'IDR 999', 'Rp 999'],
    ['1234567.50', 'IDR 1,234,567.50', 'Rp 1.234.567,50'],
    ['-2500.00', '−IDR 2,500', '−Rp 2.500'],
  ])('%s is written as people write it', (value, english, indonesian) => {
    expect(plain(formatMoney(idr(value), 'en'))).toBe(english)
    expect(plain(formatMoney(idr(value), 'id'))).toBe(indonesian)
  })

  test('amounts beyond the precision of numbers keep every digit', () => {
    expect(plain(formatMoney(idr('9007199254740993.00'), 'en'))).toBe('IDR 9,007,199,254,740,993')
  })

  test('other currencies keep their cents', () => {
    expect(plain(formatMoney({ value: '12.00', currency: 'USD' }, 'en'))).toBe('USD 12.00')
  })

  test('what is no amount is shown as it came', () => {
    expect(plain(formatMoney(idr('n/a'), 'en'))).toBe('IDR n/a')
  })

  test('typed digits are grouped, whatever separates them', () => {
    expect(groupTyped('1250000', 'id')).toBe('1.250.000')
    expect(groupTyped('1.250.0005', 'id')).toBe('12.500.005')
    expect(groupTyped('007', 'en')).toBe('7')
  })

  test('typed rupiah become the text the API takes', () => {
    expect(parseRupiah('1.250.000')).toEqual(idr('1250000.00'))
    expect(parseRupiah('0')).toBeNull()
    expect(parseRupiah('')).toBeNull()
  })
})
