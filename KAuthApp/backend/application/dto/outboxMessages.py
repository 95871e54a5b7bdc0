from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import JsonValue, TypeAdapter

from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from shared.backend.utils.valueObject import ValueObject

MAIL_TOPIC: Final = "auth.mail"
SIGN_IN_CODE_TOPIC: Final = "auth.signInCode"
END_COPIES_TOPIC: Final = "auth.endSessionCopies"
USER_EVENT_TOPIC: Final = "user.event"
_ADDRESS_CONTEXT: Final = "outbox:auth.mail:address"
_FACTS_CONTEXT: Final = "outbox:auth.mail:facts"
_Facts: Final = TypeAdapter(dict[str, str])


class MailDTO(ValueObject):
    """A mail to be sent. The address is sealed: it may be one that nobody has an account for. So are the facts."""

    kind: MailKind
    sealedAddress: str
    sealedFacts: str | None = None

    @classmethod
    def to(
        cls, kind: MailKind, email: EmailAddress, sealer: SecretSealerInterface, facts: Mapping[str, str] | None = None
    ) -> dict[str, JsonValue]:
        """The payload of the outbox message. `facts` are what the template tells; `at` is a time in ISO 8601."""
        sealed = sealer.seal(email.asGiven, _ADDRESS_CONTEXT)
        sealedFacts = sealer.seal(_Facts.dump_json(dict(facts)).decode(), _FACTS_CONTEXT) if facts else None
        return cls(kind=kind, sealedAddress=sealed, sealedFacts=sealedFacts).model_dump(mode="json")

    def address(self, sealer: SecretSealerInterface) -> EmailAddress:
        return EmailAddress.parse(sealer.unseal(self.sealedAddress, _ADDRESS_CONTEXT))

    def facts(self, sealer: SecretSealerInterface) -> Mapping[str, str]:
        if self.sealedFacts is None:
            return {}
        return _Facts.validate_json(sealer.unseal(self.sealedFacts, _FACTS_CONTEXT))


class SignInCodeDTO(ValueObject):
    """A code to be mailed for a sign-in that waits for it. It names nobody: there may be nobody."""

    challengeId: UUID
    facts: Mapping[str, str]

    @classmethod
    def order(cls, challengeId: UUID, at: datetime) -> dict[str, JsonValue]:
        """The payload of the outbox message."""
        return cls(challengeId=challengeId, facts={"at": at.isoformat()}).model_dump(mode="json")


class RenewedSessionDTO(ValueObject):
    """A session that goes on, under another credential if it has given one up."""

    sessionId: UUID
    retiredHash: str | None = None


class EndedSessionsDTO(ValueObject):
    """Sessions and API keys that have ended and whose copies must go, and those that go on but not as their copies say.

    `renewed` have asked for it themselves; `changed` are somebody else's, and may be in use at this very moment.
    """

    sessionIds: tuple[UUID, ...]
    renewed: tuple[RenewedSessionDTO, ...] = ()
    changed: tuple[UUID, ...] = ()

    @classmethod
    def payload(cls, sessionIds: Sequence[UUID], renewed: Sequence[RenewedSessionDTO] = ()) -> dict[str, JsonValue]:
        return cls(sessionIds=tuple(sessionIds), renewed=tuple(renewed)).model_dump(mode="json")
