/** The number as it is typed at the bank: digits only. BRI's company code comes padded with spaces. */
export function digitsOf(virtualAccountNo: string): string {
  return virtualAccountNo.replace(/\D/g, '')
}

/** The company code, then groups of four; a last single digit joins the group before it, so that none is overlooked. */
export function groupDigits(digits: string, companyCode = ''): string[] {
  const hasCode = companyCode !== '' && digits.startsWith(companyCode)
  const groups = (hasCode ? digits.slice(companyCode.length) : digits).match(/\d{1,4}/g) ?? []
  const last = groups.at(-1)
  const joined = groups.length > 1 && last?.length === 1 ? [...groups.slice(0, -2), `${groups.at(-2) ?? ''}${last}`] : groups
  return hasCode ? [companyCode, ...joined] : joined
}
