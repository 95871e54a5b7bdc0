import * as DropdownMenu from '@radix-ui/react-dropdown-menu'
import { Check, ChevronDown } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useI18n, useKitText } from '../i18n/i18n'
import { LOCALE_NAMES, LOCALES } from '../i18n/locale'
import { applyTheme, storedTheme, THEMES, type Theme } from '../lib/theme'
import { Mark, SkipLink } from './layout'

const itemClass =
  'flex cursor-default items-center justify-between gap-6 rounded-lg px-3 py-2 text-[0.95rem] outline-none select-none data-highlighted:bg-sunken'

/** Frame of the signed-in pages: a bar with the app's sections and the account menu, then the page. */
export function Shell(props: { app: ReactNode; navigation: ReactNode; menu: ReactNode; place?: string | undefined; children: ReactNode }) {
  const text = useKitText()
  const header = useRef<HTMLElement>(null)

  // on a narrow screen the bar scrolls sideways: where one is should be seen
  useEffect(() => {
    const links = header.current?.querySelectorAll('nav [aria-current=page]') ?? []
    for (const link of links) link.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [props.place])

  return (
    <>
      <SkipLink />
      <header ref={header} className="sticky top-0 z-30 border-b border-line bg-paper/90 backdrop-blur">
        <div className="mx-auto flex h-16 w-full max-w-6xl items-center gap-x-6 px-4 sm:px-6">
          <div className="flex shrink-0 items-center gap-3">{props.app}</div>
          <nav aria-label={text('kit.mainNavigation')} className="flex min-w-0 flex-1 items-center gap-1 overflow-x-auto max-md:hidden">
            {props.navigation}
          </nav>
          <div className="ml-auto shrink-0">{props.menu}</div>
        </div>
        <nav aria-label={text('kit.mainNavigation')} className="flex items-center gap-1 overflow-x-auto px-3 pb-2 md:hidden">
          {props.navigation}
        </nav>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-4 py-8 outline-none sm:px-6 sm:py-10">
        {props.children}
      </main>
    </>
  )
}

/** Give to the router's `Link`: `<Link className={navLinkClass} activeProps={activeNavLink}>`. */
export const navLinkClass =
  'rounded-lg px-3 py-1.5 text-[0.95rem] font-medium whitespace-nowrap text-ink-soft transition-colors hover:bg-sunken hover:text-ink ' +
  'aria-[current=page]:bg-nila-soft aria-[current=page]:text-nila-strong'

export function AppName({ children }: { children: ReactNode }) {
  return (
    <>
      <Mark className="size-8" />
      <span className="text-[1.05rem] font-semibold">{children}</span>
    </>
  )
}

/** Who is signed in, where else to go, language and appearance, signing out. */
export function AccountMenu(props: { name: string; detail: string; children: ReactNode }) {
  const text = useKitText()
  const { locale, chooseLocale } = useI18n()
  const [theme, setTheme] = useState<Theme>(storedTheme)
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`${text('kit.account')}: ${props.name}`}
        className="flex h-10 items-center gap-2 rounded-full border border-line bg-surface pr-3 pl-1 hover:border-line-strong"
      >
        <span aria-hidden="true" className="grid size-8 place-items-center rounded-full bg-nila-soft text-sm font-semibold text-nila-strong uppercase">
          {Array.from(props.name.trim())[0]}
        </span>
        <ChevronDown aria-hidden="true" className="size-4 text-ink-soft" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
          align="end"
          sideOffset={8}
          collisionPadding={12}
          className="z-40 w-64 animate-rise rounded-card border border-line bg-surface p-1.5 text-ink shadow-card"
        >
          <div className="px-3 pt-2 pb-2.5">
            <p className="truncate font-medium">{props.name}</p>
            <p className="truncate text-sm text-ink-soft">{props.detail}</p>
          </div>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          {props.children}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.RadioGroup value={locale}>
            <DropdownMenu.Label className="px-3 pt-1.5 pb-1 text-sm text-ink-soft">{text('kit.language')}</DropdownMenu.Label>
            {LOCALES.map((candidate) => (
              <DropdownMenu.RadioItem key={candidate} value={candidate} lang={candidate} className={itemClass} onSelect={() => chooseLocale(candidate)}>
                {LOCALE_NAMES[candidate]}
                <Chosen />
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.RadioGroup value={theme}>
            <DropdownMenu.Label className="px-3 pt-1.5 pb-1 text-sm text-ink-soft">{text('kit.theme')}</DropdownMenu.Label>
            {THEMES.map((candidate) => (
              <DropdownMenu.RadioItem
                key={candidate}
                value={candidate}
                className={itemClass}
                onSelect={(event) => {
                  event.preventDefault()
                  applyTheme(candidate)
                  setTheme(candidate)
                }}
              >
                {text(`kit.theme.${candidate}`)}
                <Chosen />
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}

function Chosen() {
  return (
    <DropdownMenu.ItemIndicator>
      <Check aria-hidden="true" className="size-4 text-nila" />
    </DropdownMenu.ItemIndicator>
  )
}

/** A line of the account menu: a link as its child, or something to do. */
export function MenuItem(props: { children: ReactNode; asChild?: boolean; onSelect?: () => void }) {
  return (
    <DropdownMenu.Item className={itemClass} asChild={props.asChild ?? false} {...(props.onSelect && { onSelect: props.onSelect })}>
      {props.children}
    </DropdownMenu.Item>
  )
}
