from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field, JsonValue

from shared.backend.utils.apiModel import OutputModel


class JwksOutput(OutputModel):
    """JSON Web Key Set (RFC 7517)."""

    keys: Sequence[Mapping[str, JsonValue]] = Field(
        examples=[[{"kty": "EC", "crv": "P-256", "x": "…", "y": "…", "use": "sig", "alg": "ES256", "kid": "…"}]]
    )
