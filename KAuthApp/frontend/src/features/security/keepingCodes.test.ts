import { ProblemError, type Problem } from '@k/ui'
import { expect, test } from 'vitest'
import { keepingCodes } from './keepingCodes'

const pending = { title: 'The end of it is being spread', status: 503, code: 'auth.revocationPending' }
const refused = (problem: Problem) => Promise.reject<{ recoveryCodes: string[] }>(new ProblemError(problem))

test('an answer is given as it is', async () => {
  expect(await keepingCodes(Promise.resolve({ recoveryCodes: ['one'] }))).toEqual({ recoveryCodes: ['one'] })
})

test('codes that a late refusal brings are not lost', async () => {
  const problem = { ...pending, recoveryCodes: ['one', 'two'] }
  expect(await keepingCodes(refused(problem))).toEqual({ recoveryCodes: ['one', 'two'] })
})

test('any other refusal stays one', async () => {
  await expect(keepingCodes(refused(pending))).rejects.toMatchObject({ code: 'auth.revocationPending' })
  const other = { ...pending, code: 'auth.codeInvalid', recoveryCodes: ['one'] }
  await expect(keepingCodes(refused(other))).rejects.toMatchObject({ code: 'auth.codeInvalid' })
})
