from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from joserfc.jwk import ECKey
from pydantic import JsonValue, TypeAdapter

from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.interfaces.signingKeyMakerInterface import SigningKeyMakerInterface
from KAuthApp.backend.domain.models.signingKey import SigningKey

ALGORITHM: Final = "ES256"
_CURVE: Final = "P-256"
_Jwk: Final = TypeAdapter(dict[str, JsonValue])


def sealingContext(kid: str) -> str:
    """Where a private key belongs: it opens for its own `kid` only."""
    return f"signingKey:{kid}:private"


class EcSigningKeyMaker(SigningKeyMakerInterface):
    """ES256 keys: every JOSE library verifies them. The `kid` is the key's thumbprint (RFC 7638)."""

    def __init__(self, sealer: SecretSealerInterface) -> None:
        self._sealer = sealer

    def make(self, at: datetime, signsFrom: datetime) -> SigningKey:
        key = ECKey.generate_key(_CURVE, {"use": "sig", "alg": ALGORITHM})
        kid = key.thumbprint()
        public = _Jwk.validate_python({**key.as_dict(private=False), "kid": kid})
        private = json.dumps({**key.as_dict(private=True), "kid": kid})
        return SigningKey.create(
            kid=kid,
            algorithm=ALGORITHM,
            publicJwk=public,
            privateSealed=self._sealer.seal(private, sealingContext(kid)),
            at=at,
            signsFrom=signsFrom,
        )
