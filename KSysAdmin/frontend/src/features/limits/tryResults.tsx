import { Badge, Card, CardHeader, Cell, EmptyState, formatDateTime, HeaderCell, Row, Table, useI18n } from '@k/ui'
import type { ReactNode } from 'react'
import type { Replay, Simulation } from '../../api/types'
import { useText } from '../../text/text'

export function SimulationResult({ simulation }: { simulation: Simulation }) {
  const text = useText()
  const { admitted, refused, items } = simulation
  const number = useNumber()
  return (
    <ResultCard
      title={text(refused === 0 ? 'try.allPass' : 'try.someRefused', { admitted: number(admitted), refused: number(refused) })}
      isEmpty={items.length === 0}
      empty={text('try.noPolicy')}
    >
      <thead>
        <tr>
          <HeaderCell>{text('limits.name')}</HeaderCell>
          <HeaderCell>{text('limits.mode')}</HeaderCell>
          <HeaderCell className="text-right">{text('try.first')}</HeaderCell>
          <HeaderCell className="text-right">{text('limits.refused')}</HeaderCell>
          <HeaderCell className="text-right">{text('limits.allowed')}</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={item.policyId}>
            <Cell className="min-w-40 font-medium wrap-anywhere">{item.name}</Cell>
            <ModeCell mode={item.mode} />
            <NumberCell>{item.firstRefusedAtSeconds === null ? text('try.never') : text('try.after', { seconds: number(item.firstRefusedAtSeconds) })}</NumberCell>
            <NumberCell>{number(item.refused)}</NumberCell>
            <NumberCell>{number(item.admitted)}</NumberCell>
          </Row>
        ))}
      </tbody>
    </ResultCard>
  )
}

export function ReplayResult({ replay }: { replay: Replay }) {
  const text = useText()
  const { locale } = useI18n()
  const number = useNumber()
  const { total, refused, refusedThen, firstAt, lastAt } = replay
  const period = firstAt === null || lastAt === null ? '' : text('try.period', { from: formatDateTime(firstAt, locale), to: formatDateTime(lastAt, locale) })
  return (
    <ResultCard
      title={text('try.replayed', { total: number(total), refused: number(refused) })}
      description={[period, text('try.refusedThen', { count: number(refusedThen) }), replay.isCutOff ? text('try.cutOff') : ''].filter((part) => part !== '').join(' ')}
      isEmpty={replay.byPolicy.length === 0}
      empty={text('try.nobodyRefused')}
    >
      <thead>
        <tr>
          <HeaderCell>{text('limits.name')}</HeaderCell>
          <HeaderCell>{text('limits.mode')}</HeaderCell>
          <HeaderCell className="text-right">{text('limits.refused')}</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {replay.byPolicy.map((item) => (
          <Row key={item.policyId}>
            <Cell className="min-w-40 font-medium wrap-anywhere">{item.name}</Cell>
            <ModeCell mode={item.mode} />
            <NumberCell>{number(item.refused)}</NumberCell>
          </Row>
        ))}
      </tbody>
    </ResultCard>
  )
}

function ResultCard(props: { title: string; description?: string; isEmpty: boolean; empty: string; children: ReactNode }) {
  return (
    <Card className="pb-2">
      <div role="status" className="pb-4">
        <CardHeader id="tried" title={props.title} {...(props.description !== undefined && { description: props.description })} />
      </div>
      {props.isEmpty ? <EmptyState title={props.empty} /> : <Table label={props.title}>{props.children}</Table>}
    </Card>
  )
}

function ModeCell({ mode }: { mode: 'enforce' | 'shadow' | null }) {
  const text = useText()
  return <Cell>{mode !== null && <Badge tone={mode === 'enforce' ? 'jade' : 'soga'}>{text(`mode.${mode}`)}</Badge>}</Cell>
}

function NumberCell({ children }: { children: string }) {
  return <Cell className="digits text-right whitespace-nowrap">{children}</Cell>
}

function useNumber(): (value: number) => string {
  const { locale } = useI18n()
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  return (value) => format.format(value)
}
