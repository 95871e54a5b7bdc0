import { expect, test } from 'vitest'
import type { Text } from '../../text/text'
import { checkPenalty, toPenaltyRule } from './penaltyValues'

const text: Text = (key) => key
const values = { enabled: true, refusals: '50', withinSeconds: '60', penaltySeconds: '300' }

test('a filled form is a rule', () => {
  expect(checkPenalty(text, values)).toEqual({})
  expect(toPenaltyRule(values)).toEqual({ enabled: true, refusals: 50, withinSeconds: 60, penaltySeconds: 300 })
})

test('what is wrong is said at its field', () => {
  expect(checkPenalty(text, { ...values, refusals: '1', withinSeconds: '0', penaltySeconds: '90000' })).toEqual({
    refusals: 'check.twice',
    withinSeconds: 'check.number',
    penaltySeconds: 'check.atMost',
  })
  expect(checkPenalty(text, { ...values, penaltySeconds: '59' })).toEqual({ penaltySeconds: 'check.penalty' })
})
