import type { Overview } from '../../api/types'

type Day = Overview['payments']['receivedByDay'][number]

const HEIGHT = 120
const STEP = 24
const BAR = 14

/** Bars beside the table that says the same in numbers; for eyes only. */
export function ReceivedChart({ days }: { days: readonly Day[] }) {
  const shown = days.slice(-14)
  const heights = barHeights(shown.map((day) => day.received.value))
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${Math.max(7, shown.length) * STEP} ${HEIGHT + 2}`} className="h-auto max-h-64 w-full">
      <line x1="0" x2="100%" y1={HEIGHT + 1} y2={HEIGHT + 1} className="stroke-line" />
      {shown.map((day, index) => (
        <rect
          key={day.day}
          x={index * STEP + (STEP - BAR) / 2}
          y={HEIGHT - (heights[index] ?? 0)}
          width={BAR}
          height={heights[index]}
          rx="3"
          className="fill-nila"
        />
      ))}
    </svg>
  )
}

/** Heights in proportion to decimal amounts, compared as whole minor units. */
export function barHeights(values: readonly string[]): number[] {
  const minorUnits = values.map((value) => BigInt(value.replace(/\D/g, '') || '0'))
  const largest = minorUnits.reduce((most, units) => (units > most ? units : most), 0n)
  if (largest === 0n) return values.map(() => 0)
  return minorUnits.map((units) => Number((units * BigInt(HEIGHT)) / largest))
}
