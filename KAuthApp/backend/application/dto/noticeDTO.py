from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userKey import UserKey
from shared.backend.utils.valueObject import ValueObject

NOTICE_TOPIC: Final = "auth.notice"
_PURPOSE: Final = "outbox:auth.notice"


class Notice(ValueObject):
    """Where a notice goes, and what its template tells; `at` is a time in ISO 8601."""

    emailAsGiven: str
    facts: Mapping[str, str] = {}


class NoticeDTO(ValueObject):
    """A mail that tells an owner what has happened to the account, to the address it had at that moment.

    It names the account, not the address: that may move before the mail is sent, even to another account. What is
    personal is sealed with the owner's key, so that it is erased with the owner.
    """

    kind: MailKind
    userId: UUID
    sealedNotice: str

    @classmethod
    def order(
        cls,
        kind: MailKind,
        user: UserAccount,
        facts: Mapping[str, str],
        key: UserKey,
        sealer: PersonalSealerInterface,
    ) -> dict[str, JsonValue]:
        """The payload of the outbox message."""
        notice = Notice(emailAsGiven=user.emailAsGiven, facts=facts)
        sealed = sealer.seal(key, notice.model_dump_json(), _PURPOSE)
        return cls(kind=kind, userId=user.id, sealedNotice=sealed).model_dump(mode="json")

    def open(self, key: UserKey, sealer: PersonalSealerInterface) -> Notice | None:
        """None when the key that sealed it has been erased."""
        opened = sealer.unseal(key, self.sealedNotice, _PURPOSE)
        return None if opened is None else Notice.model_validate_json(opened)
