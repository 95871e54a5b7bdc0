import { LoadingLines, LoadProblem, PageHeader, usePageTitle } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { useText } from '../../text/text'
import { settingQueries } from './settingQueries'
import { SettingCard } from './settingCard'

export function SettingsPage() {
  const text = useText()
  const settings = useQuery(settingQueries.list())
  usePageTitle(text('settings.title'))
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader title={text('settings.title')} description={text('settings.lead')} />
      {settings.isPending && <LoadingLines lines={6} />}
      {settings.isError && <LoadProblem error={settings.error} retry={() => void settings.refetch()} />}
      <div className="flex flex-col gap-6">
        {settings.data?.items.map((setting) => <SettingCard key={setting.key} setting={setting} />)}
      </div>
    </div>
  )
}
