import { expect, test } from 'vitest'
import { countersOf, troublesOf, type CountersRead } from './counters'

const node = { url: 'http://a', isReachable: true, policiesVersion: 7, refusedSets: 0, workersWithoutRedis: 0 }
const counters: CountersRead = {
  readAt: '2026-11-21T12:00:00Z',
  version: 8,
  expectedVersion: 7,
  items: [{ policyId: 'p', name: 'P', allowed: 3, limited: 2, shadowLimited: 0 }],
  penaltyRefusals: 0,
  nodes: [node],
}

test('a gateway that has its Redis and the limits of a moment ago is no trouble', () => {
  expect(troublesOf(counters)).toEqual([])
})

test('one that is silent, behind, or without Redis is named with what it has', () => {
  const nodes = [
    { ...node, isReachable: false, policiesVersion: null },
    { ...node, url: 'http://b', policiesVersion: 6 },
    { ...node, url: 'http://c', workersWithoutRedis: 2 },
    { ...node, url: 'http://d', policiesVersion: null },
  ]
  expect(troublesOf({ ...counters, nodes })).toEqual([
    { url: 'http://a', trouble: 'away', version: 0 },
    { url: 'http://b', trouble: 'behind', version: 6 },
    { url: 'http://c', trouble: 'withoutRedis', version: 7 },
    { url: 'http://d', trouble: 'behind', version: 0 },
  ])
})

test('no number is shown when no gateway was heard', () => {
  expect(countersOf(counters, 'p')?.limited).toBe(2)
  expect(countersOf({ ...counters, nodes: [{ ...node, isReachable: false }] }, 'p')).toBeUndefined()
  expect(countersOf(undefined, 'p')).toBeUndefined()
})
