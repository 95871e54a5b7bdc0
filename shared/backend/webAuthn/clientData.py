from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.backend.webAuthn.base64Url import Base64Url
from shared.backend.webAuthn.refusal import Refusal, WebAuthnRefusedError


class ClientData(BaseModel):
    """What the browser says of the ceremony (WebAuthn Level 3, 5.8.1); the authenticator signed its hash."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str
    challenge: Base64Url
    origin: str
    crossOrigin: bool = False
    topOrigin: str | None = None

    @classmethod
    def read(cls, raw: bytes) -> ClientData:
        try:
            return cls.model_validate_json(raw, strict=True)
        except ValidationError:
            raise WebAuthnRefusedError(Refusal.MALFORMED) from None

    def ensureIsFor(self, ceremony: str, challenge: bytes, origin: str) -> None:
        if self.type != ceremony:
            raise WebAuthnRefusedError(Refusal.WRONG_TYPE)
        if self.challenge != challenge:
            raise WebAuthnRefusedError(Refusal.WRONG_CHALLENGE)
        if self.origin != origin:
            raise WebAuthnRefusedError(Refusal.WRONG_ORIGIN)

    def ensureNotFramed(self) -> None:
        """Our pages forbid frames, so a ceremony inside one is somebody else's."""
        if self.crossOrigin or self.topOrigin is not None:
            raise WebAuthnRefusedError(Refusal.CROSS_ORIGIN)
