import { expect, test } from 'vitest'
import { fromTyped, kindOf, toTyped } from './settingValue'

test('the schema decides how a setting is edited', () => {
  expect(kindOf({ valueSchema: { type: 'array', items: { type: 'string' } } })).toBe('list')
  expect(kindOf({ valueSchema: { type: 'integer' } })).toBe('number')
  expect(kindOf({ valueSchema: { type: 'boolean' } })).toBe('boolean')
  expect(kindOf({ valueSchema: {} })).toBe('text')
})

test('a list is one entry a line, and empty lines are none', () => {
  expect(fromTyped('list', ' https://a.example \n\nhttps://b.example')).toEqual(['https://a.example', 'https://b.example'])
  expect(fromTyped('list', '')).toEqual([])
  expect(toTyped(['a', 'b'])).toBe('a\nb')
})

test('a number must be one', () => {
  expect(fromTyped('number', '15')).toBe(15)
  expect(fromTyped('number', '15 characters')).toBeUndefined()
})
