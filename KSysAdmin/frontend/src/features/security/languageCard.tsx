import { Card, CardBody, CardHeader, isLocale, LOCALE_NAMES, LOCALES, SelectControl, useProblemText, useToast } from '@k/ui'
import { useText } from '../../text/text'
import { useChangeLocale } from './securityQueries'

/** The language of the mails; that of the pages is chosen in the header. */
export function LanguageCard({ locale }: { locale: string }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const change = useChangeLocale()

  function choose(value: string): void {
    if (!isLocale(value) || value === locale) return
    change.mutate(value, {
      onSuccess: () => toast(text('language.saved')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Card aria-labelledby="language">
      <CardHeader id="language" title={text('language.title')} description={text('language.lead')} />
      <CardBody className="max-w-64">
        <SelectControl
          aria-labelledby="language"
          value={locale}
          choices={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
          onValueChange={choose}
        />
      </CardBody>
    </Card>
  )
}
