from __future__ import annotations

from pydantic import SecretStr

from shared.backend.utils.apiModel import OutputModel


class RenewalOutput(OutputModel):
    """What the router needs of a session that goes on: a browser's new secret, and whether the old one is gone.

    `isSpread` is False when Redis could not be told: the old secret is dead in PostgreSQL, and the outbox finishes it.
    """

    sessionSecret: SecretStr | None = None
    cookieSeconds: int = 0
    isSpread: bool = True
