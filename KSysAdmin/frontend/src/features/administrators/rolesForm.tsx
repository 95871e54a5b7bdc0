import { Button, DialogActions, Form, FormProblem, SubmitButton, useForm, useToast } from '@k/ui'
import { useState } from 'react'
import type { Administrator } from '../../api/types'
import { useText } from '../../text/text'
import { useChangeRoles } from './administratorQueries'
import { RoleChoices } from './roleChoices'

export function RolesForm({ administrator, onClose }: { administrator: Administrator; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const change = useChangeRoles(administrator.id)
  const [roleIds, setRoleIds] = useState<readonly string[]>(administrator.roles.map((role) => role.id))
  const form = useForm({
    initial: {},
    submit: async () => {
      if (roleIds.length === 0) return
      await change.mutateAsync([...roleIds])
      toast(text('admins.rolesDone'))
      onClose()
    },
  })
  return (
    <Form form={form}>
      <RoleChoices chosen={roleIds} onChange={setRoleIds} error={roleIds.length === 0 ? text('check.roles') : undefined} />
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
