import type { LimitCounters } from '../../api/types'

/** Counters, and the limits that were stored when they were read before: a change may take a second to arrive. */
export type CountersRead = LimitCounters & { expectedVersion: number }

export type PolicyCounters = LimitCounters['items'][number]

export interface Trouble {
  url: string
  trouble: 'away' | 'behind' | 'withoutRedis'
  version: number
}

/** What keeps a gateway from doing what is stored. One that is not heard may be doing fine: it is said, not more. */
export function troublesOf({ nodes, expectedVersion }: CountersRead): readonly Trouble[] {
  return nodes.flatMap((node): Trouble[] => {
    const version = node.policiesVersion ?? 0
    if (!node.isReachable) return [{ url: node.url, trouble: 'away', version }]
    if (node.workersWithoutRedis > 0) return [{ url: node.url, trouble: 'withoutRedis', version }]
    return version < expectedVersion ? [{ url: node.url, trouble: 'behind', version }] : []
  })
}

export function countersOf(counters: LimitCounters | undefined, policyId: string): PolicyCounters | undefined {
  return counters?.nodes.some((node) => node.isReachable) === true ? counters.items.find((item) => item.policyId === policyId) : undefined
}
