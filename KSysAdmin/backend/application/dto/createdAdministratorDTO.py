from __future__ import annotations

from uuid import UUID

from pydantic import SecretStr

from shared.backend.utils.valueObject import ValueObject


class CreatedAdministratorDTO(ValueObject):
    """A new administrator; the link only when no password was given."""

    administratorId: UUID
    email: str
    invitationUrl: SecretStr | None
