import { Button, DialogActions, Form, FormProblem, LoadingLines, LoadProblem, SubmitButton, TextField, useForm, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Permission, Role } from '../../api/types'
import { useText } from '../../text/text'
import { CheckList } from '../shell/checkList'
import { usePermissions } from '../shell/usePermission'
import { roleQueries, useSaveRole } from './roleQueries'

/** Which permissions a role holds. Those that one does not hold oneself cannot be given. */
export function RoleForm({ present, onClose }: { present: Role | null; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const save = useSaveRole(present?.id ?? null)
  const [permissions, setPermissions] = useState<readonly Permission[]>(present?.permissions ?? [])
  const form = useForm({
    initial: { name: present?.name ?? '', description: present?.description ?? '' },
    validate: ({ name }) => (name.trim().length < 2 ? { name: text('kit.required') } : {}),
    submit: async ({ name, description }) => {
      await save.mutateAsync({ name: name.trim(), description: description.trim(), permissions: [...permissions] })
      toast(text('roles.saved'))
      onClose()
    },
  })
  return (
    <Form form={form}>
      <TextField form={form} name="name" label={text('roles.name')} maxLength={60} autoComplete="off" />
      <TextField form={form} name="description" label={text('roles.description')} maxLength={300} autoComplete="off" />
      <PermissionChoices chosen={permissions} onChange={setPermissions} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('kit.save')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}

interface PermissionChoicesProps {
  chosen: readonly Permission[]
  onChange: (permissions: readonly Permission[]) => void
}

function PermissionChoices({ chosen, onChange }: PermissionChoicesProps) {
  const text = useText()
  const own = usePermissions()
  const permissions = useQuery(roleQueries.permissions())
  if (permissions.isPending) return <LoadingLines lines={6} />
  if (permissions.data === undefined) return <LoadProblem error={permissions.error} retry={() => void permissions.refetch()} />

  const choices = permissions.data.items.map(({ name }) => ({
    value: name,
    label: text(`permission.${name}`),
    detail: name,
    isDisabled: !own.has(name),
  }))
  return <CheckList legend={text('roles.permissions')} choices={choices} chosen={chosen} onChange={onChange} />
}
