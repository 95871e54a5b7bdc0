import { navLinkClass } from '@k/ui/shell'
import { Link } from '@tanstack/react-router'
import { useText } from '../../text/text'

const PAGES = [
  { to: '/limits', key: 'limits.pageRules' },
  { to: '/limits/addresses', key: 'limits.pageAddresses' },
  { to: '/limits/try', key: 'limits.pageTry' },
] as const

/** The three pages about what the gateway lets through. */
export function LimitsNav() {
  const text = useText()
  return (
    <nav aria-label={text('limits.pages')} className="mb-6 flex gap-1 overflow-x-auto">
      {PAGES.map(({ to, key }) => (
        <Link key={to} to={to} activeOptions={{ exact: true }} className={navLinkClass}>
          {text(key)}
        </Link>
      ))}
    </nav>
  )
}
