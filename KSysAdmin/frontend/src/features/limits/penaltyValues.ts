import type { PenaltyBox, PenaltyRule } from '../../api/types'
import type { Text } from '../../text/text'
import { isCount } from './limitRule'

// a type, not an interface: only a type counts as a record of values
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type PenaltyValues = {
  enabled: boolean
  refusals: string
  withinSeconds: string
  penaltySeconds: string
}

type NumberName = 'refusals' | 'withinSeconds' | 'penaltySeconds'

const MOST: Record<NumberName, number> = { refusals: 10_000, withinSeconds: 3_600, penaltySeconds: 86_400 }

export function toPenaltyValues(box: PenaltyBox): PenaltyValues {
  return {
    enabled: box.enabled,
    refusals: String(box.refusals),
    withinSeconds: String(box.withinSeconds),
    penaltySeconds: String(box.penaltySeconds),
  }
}

export function toPenaltyRule(values: PenaltyValues): PenaltyRule {
  return {
    enabled: values.enabled,
    refusals: Number.parseInt(values.refusals, 10),
    withinSeconds: Number.parseInt(values.withinSeconds, 10),
    penaltySeconds: Number.parseInt(values.penaltySeconds, 10),
  }
}

export function checkPenalty(text: Text, values: PenaltyValues): Partial<Record<NumberName, string>> {
  const rule = toPenaltyRule(values)
  return {
    ...(rule.penaltySeconds < rule.withinSeconds && { penaltySeconds: text('check.penalty') }),
    ...(values.refusals === '1' && { refusals: text('check.twice') }),
    ...checkNumber(text, values, 'refusals'),
    ...checkNumber(text, values, 'withinSeconds'),
    ...checkNumber(text, values, 'penaltySeconds'),
  }
}

function checkNumber(text: Text, values: PenaltyValues, name: NumberName): Partial<Record<NumberName, string>> {
  if (!isCount(values[name])) return { [name]: text('check.number') }
  return Number.parseInt(values[name], 10) > MOST[name] ? { [name]: text('check.atMost', { most: MOST[name] }) } : {}
}
