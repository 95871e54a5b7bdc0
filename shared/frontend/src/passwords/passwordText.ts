import { createPartText } from '../i18n/i18n'
import type { Locale } from '../i18n/locale'

const en = {
  'password.hint': 'At least {min} characters. A few words in a row are easy to remember.',
  'password.counting': '{count} of {min} characters',
  'password.short': 'At least {min} characters',
  'password.long': 'At most {max} characters',
  'password.weak': 'Weak. {reason}',
  'password.fair': 'Fair. A few more words make it strong.',
  'password.good': 'Good. Longer is stronger still.',
  'password.strong': 'Strong.',
  'password.repetition': 'It repeats itself, and guessers try that early. Mix in other words.',
  'password.sequence': 'Rows of keys or letters are tried early. Use words instead.',
  'password.ownWords': 'It is made of your own name or address. Use other words.',
  'password.listed': 'It is on the lists that guessers try first. Choose one that only you would think of.',
  'password.dates': 'Dates and years are easy to guess. Mix in other words.',
  'password.names': 'Names are easy to guess. Mix in other words.',
}

export type PasswordKey = keyof typeof en

const id: Record<PasswordKey, string> = {
  'password.hint': 'Paling sedikit {min} karakter. Beberapa kata berurutan mudah diingat.',
  'password.counting': '{count} dari {min} karakter',
  'password.short': 'Paling sedikit {min} karakter',
  'password.long': 'Paling banyak {max} karakter',
  'password.weak': 'Lemah. {reason}',
  'password.fair': 'Cukup. Beberapa kata lagi membuatnya kuat.',
  'password.good': 'Baik. Lebih panjang lebih kuat.',
  'password.strong': 'Kuat.',
  'password.repetition': 'Isinya berulang, dan penebak segera mencobanya. Selipkan kata lain.',
  'password.sequence': 'Deretan tombol atau huruf segera dicoba. Gunakan kata-kata.',
  'password.ownWords': 'Isinya nama atau alamat Anda sendiri. Gunakan kata lain.',
  'password.listed': 'Ada di daftar yang pertama dicoba penebak. Pilih yang hanya terpikir oleh Anda.',
  'password.dates': 'Tanggal dan tahun mudah ditebak. Selipkan kata lain.',
  'password.names': 'Nama mudah ditebak. Selipkan kata lain.',
}

const catalog: Record<Locale, Record<PasswordKey, string>> = { en, id }

export const usePasswordText = createPartText(catalog)
