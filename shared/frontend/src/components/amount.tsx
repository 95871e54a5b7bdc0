import { useI18n } from '../i18n/i18n'
import { currencyLabel, formatAmount, type Money } from '../lib/money'
import { cn } from '../lib/cn'

/** An amount of money; the currency is quieter than the number. */
export function Amount({ money, className }: { money: Money; className?: string }) {
  const { locale } = useI18n()
  return (
    <span className={cn('digits whitespace-nowrap', className)}>
      <span className="text-[0.72em] font-normal">{currencyLabel(money.currency, locale)}</span>
      {'\u00a0'}
      {formatAmount(money, locale)}
    </span>
  )
}
