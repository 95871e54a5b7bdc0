export type Weakness = 'repetition' | 'sequence' | 'ownWords'

const FEWEST_CHARACTERS = 6
const LEAST_LEFT = 8
const SHORTEST_OWN_WORD = 4
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
const WALKS = [...ROWS, ...ROWS.map((row) => Array.from(row).reverse().join(''))]
const SHORTEST_WALK = 4

/** What a guesser would try soon, as far as a page can tell by itself; the server knows the lists of common passwords too. */
export function weaknessOf(password: string, ownWords: readonly string[]): Weakness | null {
  const folded = password.toLowerCase()
  if (isRepetition(folded)) return 'repetition'
  if (lettersOf(withoutWalks(folded)).length < LEAST_LEFT) return 'sequence'
  const rest = withoutWords(folded, ownWords)
  return rest !== folded && lettersOf(rest).length < LEAST_LEFT ? 'ownWords' : null
}

function isRepetition(folded: string): boolean {
  return new Set(folded).size < FEWEST_CHARACTERS || /^(.{1,8}?)\1+$/u.test(folded)
}

/** Leaves out runs along the alphabet, the digits and the rows of a keyboard, in both directions. */
function withoutWalks(folded: string): string {
  let rest = folded
  for (let length = 10; length >= SHORTEST_WALK; length -= 1) {
    for (const walk of walksOf(length)) rest = rest.replaceAll(walk, '')
  }
  return rest
}

function walksOf(length: number): string[] {
  return WALKS.flatMap((row) => Array.from({ length: Math.max(0, row.length - length + 1) }, (_, start) => row.slice(start, start + length)))
}

function withoutWords(folded: string, ownWords: readonly string[]): string {
  const words = ownWords.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= SHORTEST_OWN_WORD)
  return words.sort((one, other) => other.length - one.length).reduce((rest, word) => rest.replaceAll(word, ''), folded)
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '')
}
