from __future__ import annotations

from typing import Self

from pydantic import Field

from KAuthApp.backend.domain.interfaces.proofOfWorkInterface import ProofChallenge
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from shared.backend.utils.apiModel import OutputModel


class ProofDataOutput(OutputModel):
    purpose: ProofPurpose = Field(description="The call it is good for")


class ProofParametersOutput(OutputModel):
    """What has to be solved, signed as it stands: give it back unchanged."""

    algorithm: str = Field(examples=["PBKDF2/SHA-256"])
    nonce: str
    salt: str
    cost: int = Field(examples=[1000])
    keyLength: int
    keyPrefix: str
    keySignature: str
    expiresAt: int = Field(description="Epoch seconds")
    data: ProofDataOutput


class ProofOfWorkOutput(OutputModel):
    """A challenge of altcha, version 2: its libraries solve it as it is."""

    parameters: ProofParametersOutput
    signature: str

    @classmethod
    def of(cls, made: ProofChallenge) -> Self:
        return cls(
            parameters=ProofParametersOutput(
                algorithm=made.algorithm,
                nonce=made.nonce,
                salt=made.salt,
                cost=made.cost,
                keyLength=made.keyLength,
                keyPrefix=made.keyPrefix,
                keySignature=made.keySignature,
                expiresAt=made.expiresAt,
                data=ProofDataOutput(purpose=made.purpose),
            ),
            signature=made.signature,
        )
