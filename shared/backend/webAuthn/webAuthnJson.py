"""The JSON forms of WebAuthn Level 3 (5.1.8 to 5.1.10), as a browser's toJSON() writes and parse…FromJSON() reads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from shared.backend.utils.apiModel import OutputModel
from shared.backend.webAuthn.base64Url import Base64Url

MAX_CREDENTIAL_ID_BYTES = 1023
MOST_TRANSPORTS = 16
Transport = Annotated[str, StringConstraints(max_length=40)]


class _FromBrowser(BaseModel):
    """What browsers write: they add members from one version to the next, so unknown ones are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AttestationResponseJson(_FromBrowser):
    clientDataJson: Base64Url = Field(alias="clientDataJSON")
    attestationObject: Base64Url
    transports: list[Transport] = Field(default_factory=list, max_length=MOST_TRANSPORTS)


class RegistrationResponseJson(_FromBrowser):
    """RegistrationResponseJSON: what `navigator.credentials.create()` gave, as JSON."""

    id: Base64Url
    rawId: Base64Url
    response: AttestationResponseJson
    type: Literal["public-key"]
    authenticatorAttachment: str | None = Field(default=None, max_length=40)
    clientExtensionResults: dict[str, JsonValue] = Field(default_factory=dict)


class AssertionResponseJson(_FromBrowser):
    clientDataJson: Base64Url = Field(alias="clientDataJSON")
    authenticatorData: Base64Url
    signature: Base64Url
    userHandle: Base64Url | None = None


class AuthenticationResponseJson(_FromBrowser):
    """AuthenticationResponseJSON: what `navigator.credentials.get()` gave, as JSON."""

    id: Base64Url
    rawId: Base64Url
    response: AssertionResponseJson
    type: Literal["public-key"]
    authenticatorAttachment: str | None = Field(default=None, max_length=40)
    clientExtensionResults: dict[str, JsonValue] = Field(default_factory=dict)


class DescriptorJson(OutputModel):
    """PublicKeyCredentialDescriptorJSON."""

    id: Base64Url
    type: Literal["public-key"] = "public-key"
    transports: list[str]


class RelyingPartyJson(OutputModel):
    id: str = Field(examples=["k.example"])
    name: str


class UserEntityJson(OutputModel):
    id: Base64Url
    name: str = Field(examples=["sari@example.com"])
    displayName: str = Field(examples=["Sari Wulandari"])


class KeyParametersJson(OutputModel):
    type: Literal["public-key"] = "public-key"
    alg: int = Field(description="COSE algorithm: -7 ES256, -8 EdDSA, -257 RS256", examples=[-7])


class AuthenticatorSelectionJson(OutputModel):
    residentKey: Literal["preferred"] = "preferred"
    requireResidentKey: Literal[False] = False
    userVerification: Literal["required"] = "required"


class RegistrationExtensionsJson(OutputModel):
    credProps: Literal[True] = True


class CreationOptionsJson(OutputModel):
    """PublicKeyCredentialCreationOptionsJSON, for `PublicKeyCredential.parseCreationOptionsFromJSON()`."""

    rp: RelyingPartyJson
    user: UserEntityJson
    challenge: Base64Url
    pubKeyCredParams: list[KeyParametersJson]
    timeout: int = Field(description="Milliseconds", examples=[300_000])
    excludeCredentials: list[DescriptorJson]
    authenticatorSelection: AuthenticatorSelectionJson
    attestation: Literal["none"] = "none"
    extensions: RegistrationExtensionsJson = RegistrationExtensionsJson()


class RequestOptionsJson(OutputModel):
    """PublicKeyCredentialRequestOptionsJSON, for `PublicKeyCredential.parseRequestOptionsFromJSON()`."""

    challenge: Base64Url
    timeout: int = Field(description="Milliseconds", examples=[300_000])
    rpId: str = Field(examples=["k.example"])
    allowCredentials: list[DescriptorJson] = Field(description="Empty: any passkey of this site that the device knows")
    userVerification: Literal["required"] = "required"
