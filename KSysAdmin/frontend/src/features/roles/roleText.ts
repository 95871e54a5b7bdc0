import type { Role } from '../../api/types'
import type { Text } from '../../text/text'

/** What a role is for: of the one that is always there in the reader's language, else as somebody wrote it. */
export function descriptionOf(role: Pick<Role, 'name' | 'builtIn' | 'description'>, text: Text): string {
  return role.builtIn && role.name === 'owner' ? text('roles.owner') : role.description
}
