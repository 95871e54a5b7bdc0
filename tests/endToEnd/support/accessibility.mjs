import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds on the page as it is now, one line a finding. */
export async function accessibilityFindings(page) {
  // evaluated through the debugger, so the page's content security policy stays as strict as it is
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })
    return result.violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any }) => ({ id, help, target: target.join(' '), why: any[0]?.message ?? '' })))
  })
  return violations.map(({ id, help, target, why }) => `${id}: ${help} (${target}) ${why}`)
}
