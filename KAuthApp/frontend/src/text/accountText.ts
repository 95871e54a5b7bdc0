import { createUseText } from '@k/ui'
import { accountEn, type AccountKey } from './accountEn'
import { accountId } from './accountId'
import type { TextKey } from './text'

/** Loaded with the account's pages, not with the sign-in page. */
export const accountCatalog = { en: accountEn, id: accountId }
export const useAccountText = createUseText<TextKey | AccountKey>()
