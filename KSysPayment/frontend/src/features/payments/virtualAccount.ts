/** The number as it is typed at the bank: digits only. BRI's company code comes padded with spaces. */
export function digitsOf(virtualAccountNo: string): string {
  return virtualAccountNo.replace(/\D/g, '')
}

/** Groups of four from the left; a last single digit joins the group before it, so that none is overlooked. */
export function groupDigits(digits: string): string[] {
  const groups = digits.match(/\d{1,4}/g) ?? []
  const last = groups.at(-1)
  if (groups.length < 2 || last?.length !== 1) return groups
  return [...groups.slice(0, -2), `${groups.at(-2) ?? ''}${last}`]
}
