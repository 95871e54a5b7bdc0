// @vitest-environment node
import { expect, test } from 'vitest'
import { initialBudget, initialChunks } from '../../build/initialBudget'

const chunk = (fileName: string, imports: string[] = [], isEntry = false, code = '') => ({ fileName, imports, isEntry, code, type: 'chunk' })
const noise = (bytes: number) => Array.from({ length: bytes }, () => Math.random().toString(36).slice(2, 4)).join('')

test('what the entry imports, also by way of others, is part of the first load; what is loaded later is not', () => {
  const chunks = [chunk('entry', ['a'], true), chunk('a', ['b', 'entry']), chunk('b'), chunk('later', ['b'])]
  expect(initialChunks(chunks).map(({ fileName }) => fileName)).toEqual(['entry', 'a', 'b'])
})

function build(limitKb: number, ...chunks: object[]): string[] {
  const said: string[] = []
  const context = {
    error: (sentence: string) => {
      throw new Error(sentence)
    },
    info: (sentence: string) => said.push(sentence),
  }
  const hook = initialBudget(limitKb).generateBundle as unknown as (this: typeof context, _: unknown, bundle: object) => void
  hook.call(context, {}, Object.fromEntries(chunks.entries()))
  return said
}

test('a build above its budget fails, one below says what it weighs', () => {
  const heavy = chunk('a', [], false, noise(4_000))
  expect(() => build(2, chunk('entry', ['a'], true), heavy)).toThrow(/of 2 KB/)
  expect(build(2, chunk('entry', [], true), heavy)[0]).toMatch(/^initial script: 0\.\d KB of 2 KB/)
})
