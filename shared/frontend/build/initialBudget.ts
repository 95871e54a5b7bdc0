import { brotliCompressSync, constants } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }

/**
 * Fails the build when the script of the first page weighs more than `limitKb` (1000 bytes, brotli): the entry and all
 * that it imports before anything is shown. Parts that are imported later do not count.
 */
export function initialBudget(limitKb: number): Plugin {
  return {
    name: 'k-initial-budget',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const weight = initialChunks(chunks).reduce((sum, chunk) => sum + brotliCompressSync(chunk.code, QUALITY).length, 0)
      const sentence = `initial script: ${(weight / 1_000).toFixed(1)} KB of ${limitKb} KB (brotli)`
      if (weight > limitKb * 1_000) this.error(`${sentence}: import what the first page does not need later`)
      this.info(sentence)
    },
  }
}

type Chunk = Pick<Rolldown.OutputChunk, 'fileName' | 'isEntry' | 'imports' | 'code'>

/** The entries and, step by step, what they import statically. */
export function initialChunks<Of extends Chunk>(chunks: readonly Of[]): Of[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const found = new Set(chunks.filter((chunk) => chunk.isEntry))
  for (const chunk of found) {
    for (const name of chunk.imports) {
      const imported = byName.get(name)
      if (imported !== undefined) found.add(imported)
    }
  }
  return [...found]
}
