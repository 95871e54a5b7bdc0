/** Facts of no fixed shape, folded away; nested ones are shown as JSON. */
export function FactTree({ summary, facts }: { summary: string; facts: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(facts)
  if (entries.length === 0) return null
  return (
    <details className="group text-sm">
      <summary className="w-fit rounded text-nila underline decoration-nila/40 underline-offset-3">{summary}</summary>
      <dl className="mt-2 grid gap-x-4 gap-y-1.5 rounded-control bg-sunken p-3 sm:grid-cols-[minmax(6rem,auto)_1fr]">
        {entries.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-soft">{name}</dt>
            <dd className="min-w-0 font-mono text-[0.8125rem] wrap-anywhere whitespace-pre-wrap">{factText(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

export function factText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1)
}
