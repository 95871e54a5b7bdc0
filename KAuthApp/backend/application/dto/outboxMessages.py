from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from shared.backend.utils.valueObject import ValueObject

MAIL_TOPIC: Final = "auth.mail"
END_COPIES_TOPIC: Final = "auth.endSessionCopies"
_ADDRESS_CONTEXT: Final = "outbox:auth.mail:address"


class MailDTO(ValueObject):
    """A mail to be sent. The address is sealed: it may be one that nobody has an account for."""

    kind: MailKind
    sealedAddress: str

    @classmethod
    def to(cls, kind: MailKind, email: EmailAddress, sealer: SecretSealerInterface) -> dict[str, JsonValue]:
        """The payload of the outbox message."""
        sealed = sealer.seal(email.asGiven, _ADDRESS_CONTEXT)
        return cls(kind=kind, sealedAddress=sealed).model_dump(mode="json")

    def address(self, sealer: SecretSealerInterface) -> EmailAddress:
        return EmailAddress.parse(sealer.unseal(self.sealedAddress, _ADDRESS_CONTEXT))


class EndedSessionsDTO(ValueObject):
    """Sessions that have ended and whose copies must go."""

    sessionIds: tuple[UUID, ...]

    @classmethod
    def payload(cls, sessionIds: Sequence[UUID]) -> dict[str, JsonValue]:
        return cls(sessionIds=tuple(sessionIds)).model_dump(mode="json")
