from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import JsonValue

from KAuthApp.backend.domain.interfaces.mailWriterInterface import Addressee
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.userAccount import UserAccount
from shared.backend.utils.valueObject import ValueObject

ACCOUNT_ERASED_TOPIC: Final = "auth.accountErased"
_CONTEXT: Final = "outbox:auth.accountErased:addressee"


class AccountErasedDTO(ValueObject):
    """The last mail to a person: who it goes to is sealed and in no table but this message, which is removed soon."""

    sealedAddressee: str
    erasedAt: datetime

    @classmethod
    def order(cls, user: UserAccount, sealer: SecretSealerInterface, at: datetime) -> dict[str, JsonValue]:
        """The payload of the outbox message."""
        addressee = Addressee(emailAsGiven=user.emailAsGiven, fullName=user.fullName, locale=user.locale)
        sealed = sealer.seal(addressee.model_dump_json(), _CONTEXT)
        return cls(sealedAddressee=sealed, erasedAt=at).model_dump(mode="json")

    def addressee(self, sealer: SecretSealerInterface) -> Addressee:
        return Addressee.model_validate_json(sealer.unseal(self.sealedAddressee, _CONTEXT))
