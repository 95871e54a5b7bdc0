import { PageHeader, usePageTitle } from '@k/ui'
import type { User } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { EraseCard } from './eraseCard'
import { ExportCard } from './exportCard'

export function DataPage({ me }: { me: User }) {
  const text = useAccountText()
  usePageTitle(text('data.title'))
  return (
    <>
      <PageHeader title={text('data.title')} description={text('data.lead')} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <ExportCard />
        <EraseCard email={me.email} />
      </div>
    </>
  )
}
