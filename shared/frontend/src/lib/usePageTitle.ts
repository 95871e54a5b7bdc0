import { useEffect } from 'react'

/** The tab's title; also what a screen reader says when a page opens. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · K`
  }, [title])
}
