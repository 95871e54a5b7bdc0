import { Badge, type Tone } from '@k/ui'
import type { UserStatus } from '../../api/types'
import { useText } from '../../text/text'

const TONES: Record<UserStatus, Tone> = {
  active: 'jade',
  pendingVerification: 'neutral',
  suspended: 'brick',
}

export const USER_STATUSES = Object.keys(TONES) as readonly UserStatus[]

export function toUserStatus(text: string | undefined): UserStatus | undefined {
  return USER_STATUSES.find((status) => status === text)
}

export function UserStatusBadge({ status }: { status: UserStatus }) {
  const text = useText()
  return <Badge tone={TONES[status]}>{text(`userStatus.${status}`)}</Badge>
}
