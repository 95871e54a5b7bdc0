from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, JsonValue

from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.models.userKey import UserKey
from shared.backend.utils.valueObject import ValueObject

END_ADMIN_COPIES_TOPIC: Final = "admin.endSessionCopies"
END_USER_COPIES_TOPIC: Final = "auth.endSessionCopies"
ADMIN_MAIL_TOPIC: Final = "admin.mail"
MAIL_TOPIC: Final = "auth.mail"
NOTICE_TOPIC: Final = "auth.notice"
_ADDRESS_CONTEXT: Final = "outbox:auth.mail:address"
_NOTICE_PURPOSE: Final = "outbox:auth.notice"


class EndedAdministratorSessionsDTO(ValueObject):
    """Sessions of administrators that have ended and whose copies must go; no copy may come back before `until`."""

    sessionIds: tuple[UUID, ...]
    until: AwareDatetime

    @classmethod
    def payload(cls, sessionIds: Sequence[UUID], until: datetime) -> dict[str, JsonValue]:
        return cls(sessionIds=tuple(sessionIds), until=until).model_dump(mode="json")

    @classmethod
    def read(cls, payload: Mapping[str, JsonValue]) -> EndedAdministratorSessionsDTO:
        return cls.model_validate(payload)


class AdministratorMailDTO(ValueObject):
    """A mail to an administrator. The address is looked up, and a one-time link made, when it is sent."""

    kind: AdministratorMailKind
    administratorId: UUID
    facts: Mapping[str, str]

    @classmethod
    def payload(
        cls, kind: AdministratorMailKind, administratorId: UUID, facts: Mapping[str, str]
    ) -> dict[str, JsonValue]:
        return cls(kind=kind, administratorId=administratorId, facts=facts).model_dump(mode="json")


def endedUserSessions(sessionIds: Sequence[UUID]) -> dict[str, JsonValue]:
    """What KAuthApp's relay expects under `auth.endSessionCopies`."""
    return {"sessionIds": [str(sessionId) for sessionId in sessionIds]}


def changedUserCredentials(credentialIds: Sequence[UUID]) -> dict[str, JsonValue]:
    """The same, for sessions and API keys that go on but not as their copies say."""
    return {"sessionIds": [], "changed": [str(credentialId) for credentialId in credentialIds]}


class PasswordResetMailDTO(ValueObject):
    """An order to KAuthApp for a mail with a reset code; the address is sealed as KAuthApp expects it."""

    kind: Literal["passwordReset"] = "passwordReset"
    sealedAddress: str

    @classmethod
    def to(cls, address: str, keeper: SecretKeeperInterface) -> dict[str, JsonValue]:
        return cls(sealedAddress=keeper.sealText(address, _ADDRESS_CONTEXT)).model_dump(mode="json")


class FactorsResetNoticeDTO(ValueObject):
    """An order to KAuthApp for a mail which says that the second factors are gone; sealed as KAuthApp expects it."""

    kind: Literal["factorsReset"] = "factorsReset"
    userId: UUID
    sealedNotice: str

    @classmethod
    def to(cls, address: str, at: datetime, key: UserKey, personal: PersonalOpenerInterface) -> dict[str, JsonValue]:
        notice = json.dumps({"emailAsGiven": address, "facts": {"at": at.isoformat()}})
        sealed = personal.seal(key, notice, _NOTICE_PURPOSE)
        return cls(userId=key.userId, sealedNotice=sealed).model_dump(mode="json")
