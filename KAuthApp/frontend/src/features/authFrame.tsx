import { Mark, Preferences, SkipLink, useContentFocus, usePageTitle } from '@k/ui'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useText } from '../text/text'

interface AuthFrameProps {
  title: string
  lead?: ReactNode
  /** Names the step, on a page of several: the focus follows it. */
  step?: string
  children: ReactNode
  footer?: ReactNode
}

/** The pages before sign-in: a panel dyed in indigo where there is room, and one calm column. */
export function AuthFrame({ title, lead, step, children, footer }: AuthFrameProps) {
  const [path] = useLocation()
  usePageTitle(title)
  useContentFocus(`${path} ${step ?? ''}`)
  return (
    <div className="grid flex-1 lg:grid-cols-[minmax(24rem,5fr)_7fr]">
      <SkipLink />
      <DyedPanel />
      <div className="flex min-w-0 flex-col">
        <header className="flex items-center justify-between gap-4 px-5 py-4 sm:px-8">
          <Mark className="size-8 lg:invisible" />
          <Preferences />
        </header>
        <main
          id="content"
          tabIndex={-1}
          aria-labelledby="title"
          className="mx-auto flex w-full max-w-[27rem] flex-1 flex-col px-5 pt-6 pb-16 outline-none sm:justify-center sm:px-6"
        >
          <div className="flex flex-col gap-7">
            <div className="flex flex-col gap-1.5">
              <h1 id="title" className="text-[1.9rem] leading-tight font-semibold">
                {title}
              </h1>
              {lead !== undefined && <p className="text-ink-soft wrap-anywhere">{lead}</p>}
            </div>
            {children}
            {footer !== undefined && <footer className="border-t border-line pt-5 text-[0.95rem] text-ink-soft">{footer}</footer>}
          </div>
        </main>
      </div>
    </div>
  )
}

function DyedPanel() {
  const text = useText()
  return (
    <aside aria-hidden="true" className="pattern-kawung relative hidden flex-col justify-between bg-vat p-12 text-white lg:flex">
      <div className="flex items-center gap-3 text-lg font-semibold">
        <svg viewBox="0 0 32 32" className="size-9">
          <g fill="currentColor">
            <path d="M15 15C9.5 14.6 6.4 11.5 6 6c5.5.4 8.6 3.5 9 9Z" />
            <path d="M17 15c.4-5.5 3.5-8.6 9-9-.4 5.5-3.5 8.6-9 9Z" />
            <path d="M15 17c-.4 5.5-3.5 8.6-9 9 .4-5.5 3.5-8.6 9-9Z" />
            <path d="M17 17c5.5.4 8.6 3.5 9 9-5.5-.4-8.6-3.5-9-9Z" />
          </g>
        </svg>
        K
      </div>
      <div className="flex max-w-md flex-col gap-4">
        <p className="text-[2.6rem] leading-[1.08] font-semibold tracking-tight whitespace-pre-line">{text('frame.line')}</p>
        <p className="max-w-sm text-lg text-white/80">{text('frame.small')}</p>
      </div>
    </aside>
  )
}
