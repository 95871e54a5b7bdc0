import { LoadingLines, LoadProblem } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { useText } from '../../text/text'
import { roleQueries } from '../roles/roleQueries'
import { descriptionOf } from '../roles/roleText'
import { CheckList } from '../shell/checkList'

interface RoleChoicesProps {
  chosen: readonly string[]
  onChange: (roleIds: readonly string[]) => void
  error?: string | undefined
}

/** Which roles somebody has. Roles that hold more than one has oneself are refused by the server. */
export function RoleChoices(props: RoleChoicesProps) {
  const text = useText()
  const roles = useQuery(roleQueries.list())
  if (roles.isPending) return <LoadingLines lines={3} />
  if (roles.data === undefined) return <LoadProblem error={roles.error} retry={() => void roles.refetch()} />
  const choices = roles.data.items.map((role) => ({
    value: role.id,
    label: role.name,
    ...(role.description !== '' && { detail: descriptionOf(role, text) }),
  }))
  return <CheckList legend={text('nav.roles')} choices={choices} {...props} />
}
