import { Badge, Button, Card, CardBody, CardHeader, Form, FormProblem, LoadingLines, LoadProblem, SubmitButton, SwitchField, TextAreaField, TextField, Time, useForm, useOptionalText, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Setting } from '../../api/types'
import { useText } from '../../text/text'
import { usePermission } from '../shell/usePermission'
import { settingQueries, useChangeSetting } from './settingQueries'
import { fromTyped, kindOf, toTyped } from './settingValue'

export function SettingCard({ setting }: { setting: Setting }) {
  const text = useText()
  const known = useOptionalText()
  const toast = useToast()
  const mayWrite = usePermission('setting.write')
  const change = useChangeSetting(setting.key)
  const kind = kindOf(setting)
  const titleId = `setting-${setting.key}`
  const form = useForm({
    initial: { value: toTyped(setting.value) },
    validate: (values) => (fromTyped(kind, values.value) === undefined ? { value: text('check.number') } : {}),
    submit: async (values) => {
      const value = fromTyped(kind, values.value)
      if (value === undefined) return
      const saved = await change.mutateAsync(value)
      form.reset({ value: toTyped(saved.value) })
      toast(text('settings.saved'))
    },
  })

  return (
    <Card aria-labelledby={titleId}>
      <CardHeader
        id={titleId}
        title={<code className="text-base">{setting.key}</code>}
        description={known(`setting.${setting.key}`) ?? setting.description}
        action={setting.updatedAt === null ? <Badge>{text('settings.default')}</Badge> : <Badge tone="nila">{text('settings.changed')}</Badge>}
      />
      <CardBody className="flex flex-col gap-5">
        <Form form={form}>
          {kind === 'list' && (
            <TextAreaField
              form={form}
              name="value"
              label={<span className="sr-only">{setting.key}</span>}
              hint={text('settings.onePerLine')}
              readOnly={!mayWrite}
              rows={4}
              spellCheck={false}
              className="font-mono text-[0.95rem]"
            />
          )}
          {kind === 'boolean' && (
            <SwitchField
              label={setting.key}
              isOn={form.values.value === 'true'}
              isDisabled={!mayWrite}
              onChange={(isOn) => form.setValue('value', String(isOn))}
            />
          )}
          {(kind === 'number' || kind === 'text') && (
            <TextField
              form={form}
              name="value"
              label={<span className="sr-only">{setting.key}</span>}
              readOnly={!mayWrite}
              inputMode={kind === 'number' ? 'numeric' : 'text'}
              autoComplete="off"
              className="max-w-48"
            />
          )}
          <FormProblem form={form} />
          {mayWrite && (
            <div className="flex flex-wrap gap-3">
              <SubmitButton form={form} size="sm">
                {text('kit.save')}
              </SubmitButton>
              <Button variant="plain" size="sm" onClick={() => form.setValue('value', toTyped(setting.defaultValue))}>
                {text('settings.useDefault')}
              </Button>
            </div>
          )}
        </Form>
        <SettingHistory setting={setting} />
      </CardBody>
    </Card>
  )
}

function SettingHistory({ setting }: { setting: Setting }) {
  const text = useText()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className="border-t border-line pt-4 text-[0.95rem]" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded text-nila underline decoration-nila/40 underline-offset-3">{text('settings.history')}</summary>
      {isOpen && <Changes settingKey={setting.key} />}
    </details>
  )
}

function Changes({ settingKey }: { settingKey: string }) {
  const text = useText()
  const history = useQuery(settingQueries.history(settingKey))
  if (history.isPending) return <LoadingLines lines={2} />
  if (history.data === undefined) return <LoadProblem error={history.error} retry={() => void history.refetch()} />
  if (history.data.items.length === 0) return <p className="pt-3 text-ink-soft">{text('settings.noHistory')}</p>
  return (
    <ol className="flex flex-col gap-3 pt-4">
      {history.data.items.map((change) => (
        <li key={change.id} className="flex flex-col gap-0.5">
          <span className="text-sm text-ink-soft">
            <Time at={change.changedAt} />
          </span>
          <span className="font-mono text-[0.8125rem] wrap-anywhere">
            {toTyped(change.oldValue).replaceAll('\n', ', ') || text('settings.nothing')} → {toTyped(change.newValue).replaceAll('\n', ', ') || text('settings.nothing')}
          </span>
        </li>
      ))}
    </ol>
  )
}
