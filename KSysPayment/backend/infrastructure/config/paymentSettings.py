from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from KSysPayment.backend.infrastructure.bri.snapSignature import KeyUnusableError, loadPrivateKey, loadPublicKey
from shared.backend.config.settings import PlatformSettings


class PaymentSettings(PlatformSettings):
    """How we are known at the bank and it to us; the rest has defaults."""

    briBaseUrl: str = Field(default="http://127.0.0.1:9080", pattern=r"^https?://[^/]+/?$")
    briClientId: str = Field(min_length=1, max_length=64)
    briClientSecret: SecretStr = Field(min_length=1)
    briPartnerId: str = Field(min_length=1, max_length=36)
    briChannelId: str = Field(default="00009", pattern=r"^[0-9A-Za-z]{5}$")
    briPartnerServiceId: str = Field(pattern=r"^ *[0-9]{1,8}$")
    briPrivateKey: SecretStr
    briBankPublicKey: str
    briInboundClientId: str = Field(min_length=1, max_length=64)
    briInboundClientSecret: SecretStr = Field(min_length=1)
    briOutboundSignatureEncoding: Literal["hex", "base64"] = "hex"
    briTimestampToleranceSeconds: int = Field(default=300, ge=1, le=3600)
    briConnectSeconds: int = Field(default=5, ge=1, le=60)
    briTotalSeconds: int = Field(default=30, ge=1, le=120)
    briCreateSeconds: int = Field(default=12, ge=1, le=60)
    briPaths: Mapping[str, str] = Field(default_factory=dict, description="Path by operation, where BRI's differ")

    paymentAccountName: str = Field(default="K MERCHANT", pattern=r"^[\x20-\x7e]{1,40}$")
    paymentCheckFirstSeconds: int = Field(default=15, ge=1, le=300)
    paymentCheckEverySeconds: int = Field(default=25, ge=1, le=600)
    paymentReportEverySeconds: int = Field(default=45, ge=1, le=3600)
    paymentExpiryGraceSeconds: int = Field(default=20, ge=0, le=86_400)
    paymentOutcomeDeadlineSeconds: int = Field(default=600, ge=10, le=86_400)
    paymentLateMoney: Literal["unapplied", "apply"] = "unapplied"
    paymentFailpoint: str = ""

    @model_validator(mode="after")
    def ensureUsable(self) -> Self:
        """Keys that cannot sign or check, and failpoints outside of tests, stop the server at its start."""
        try:
            loadPrivateKey(self.briPrivateKey.get_secret_value())
            loadPublicKey(self.briBankPublicKey)
        except KeyUnusableError as error:
            raise ValueError(str(error)) from None
        if self.paymentFailpoint and self.environment != "test":
            raise ValueError("PAYMENT_FAILPOINT is for tests only")
        return self
