import { createUseText } from '@k/ui'
import { en, type TextKey } from './en'
import { id } from './id'

export type { TextKey }
export const catalog = { en, id }
export const useText = createUseText<TextKey>()
export type Text = ReturnType<typeof useText>
