import { expect, test } from 'vitest'
import { createProofGate } from './proofGate'

test('calls that ask meanwhile share one question and its answer', async () => {
  const gate = createProofGate()
  let shown = 0
  gate.subscribe(() => (shown += gate.isAsking() ? 1 : 0))
  const answers = Promise.all([gate.ask(), gate.ask()])
  expect(shown).toBe(1)
  gate.answer(true)
  expect(await answers).toEqual([true, true])
  expect(gate.isAsking()).toBe(false)
})

test('the next call asks anew', async () => {
  const gate = createProofGate()
  gate.subscribe(() => undefined)
  const first = gate.ask()
  gate.answer(true)
  await first
  const second = gate.ask()
  expect(gate.isAsking()).toBe(true)
  gate.answer(false)
  expect(await second).toBe(false)
})

test('nobody waits for a dialog that is not there', async () => {
  const gate = createProofGate()
  gate.subscribe(() => undefined)()
  expect(await gate.ask()).toBe(false)
})
