import { describe, expect, test } from 'vitest'
import { digitsOf, groupDigits } from './virtualAccount'

describe('a virtual account number', () => {
  test('is typed without the padding of the company code', () => {
    expect(digitsOf('   22084000012345678')).toBe('22084000012345678')
  })

  test('is read as the company code and groups of four', () => {
    expect(groupDigits('22084000012345678', '22084')).toEqual(['22084', '0000', '1234', '5678'])
  })

  test('has no lonely last digit', () => {
    expect(groupDigits('123456789')).toEqual(['1234', '56789'])
    expect(groupDigits('1')).toEqual(['1'])
    expect(groupDigits('')).toEqual([])
  })

  test('keeps every digit', () => {
    const digits = '9876543210987654321098765432'
    for (let length = 0; length <= digits.length; length += 1) {
      expect(groupDigits(digits.slice(0, length), '98765').join('')).toBe(digits.slice(0, length))
    }
  })
})
