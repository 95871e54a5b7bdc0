import { Card, Tabs } from '@k/ui'
import { useText } from '../../text/text'

const WAYS = ['brimo', 'atm', 'teller'] as const
const STEPS = ['1', '2', '3', '4'] as const

export function HowToPay() {
  const text = useText()
  return (
    <Card className="flex flex-col gap-4 p-6 sm:p-8" aria-labelledby="how">
      <h2 id="how" className="text-lg font-semibold">
        {text('checkout.how')}
      </h2>
      <Tabs
        label={text('checkout.how')}
        tabs={WAYS.map((way) => ({
          value: way,
          label: text(`checkout.${way}`),
          content: (
            <ol className="flex flex-col gap-3">
              {STEPS.map((step) => (
                <li key={step} className="flex gap-3.5">
                  <span aria-hidden="true" className="digits grid size-6 shrink-0 place-items-center rounded-full bg-nila-soft text-sm font-semibold text-nila-strong">
                    {step}
                  </span>
                  <span>{text(`checkout.${way}.${step}`)}</span>
                </li>
              ))}
            </ol>
          ),
        }))}
      />
    </Card>
  )
}
