import { Card, CardBody, LoadingLines, LoadProblem, PageHeader, usePageTitle } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Replay, Simulation } from '../../api/types'
import { useText } from '../../text/text'
import { limitQueries } from './limitQueries'
import { LimitsNav } from './limitsNav'
import { TryForm } from './tryForm'
import { ReplayResult, SimulationResult } from './tryResults'

export type Tried = { kind: 'simulation'; result: Simulation } | { kind: 'replay'; result: Replay }

export function TryPage() {
  const text = useText()
  const limits = useQuery(limitQueries.list())
  const [tried, setTried] = useState<Tried | null>(null)
  usePageTitle(text('limits.pageTry'))
  return (
    <>
      <PageHeader title={text('limits.pageTry')} description={text('try.lead')} />
      <LimitsNav />
      <div className="flex flex-col gap-6">
        <Card>
          <CardBody>
            {limits.isPending && <LoadingLines lines={6} />}
            {limits.data === undefined && limits.isError && <LoadProblem error={limits.error} retry={() => void limits.refetch()} />}
            {limits.data !== undefined && <TryForm policies={limits.data.items} onTried={setTried} />}
          </CardBody>
        </Card>
        {tried?.kind === 'simulation' && <SimulationResult simulation={tried.result} />}
        {tried?.kind === 'replay' && <ReplayResult replay={tried.result} />}
      </div>
    </>
  )
}
