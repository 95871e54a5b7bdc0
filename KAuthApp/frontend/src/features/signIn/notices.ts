import type { Tone } from '@k/ui'
import type { TextKey } from '../../text/text'

/** What to tell somebody who was led to the sign-in page. */
export interface Notice {
  text: TextKey
  tone: Tone
}

export const NOTICES: Readonly<Record<string, Notice>> = {
  verified: { text: 'signIn.verified', tone: 'jade' },
  passwordReset: { text: 'signIn.passwordReset', tone: 'jade' },
  sessionEnded: { text: 'signIn.sessionEnded', tone: 'nila' },
  signedOut: { text: 'signIn.signedOut', tone: 'jade' },
  accountDeleted: { text: 'signIn.accountDeleted', tone: 'jade' },
  challengeExpired: { text: 'signIn.challengeExpired', tone: 'soga' },
}

/** Whoever comes with a place to go back to was there before: the session has ended. */
export function noticeOf(search: { notice?: string; next?: string }): Notice | null {
  const name = search.notice ?? (search.next === undefined ? '' : 'sessionEnded')
  return Object.hasOwn(NOTICES, name) ? (NOTICES[name] ?? null) : null
}
