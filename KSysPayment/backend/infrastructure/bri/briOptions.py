from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import Field, SecretStr

from KSysPayment.backend.infrastructure.bri.snapSignature import SignatureEncoding
from shared.backend.utils.valueObject import ValueObject

DEFAULT_PATHS: Final[Mapping[str, str]] = {
    "accessToken": "/snap/v1.0/access-token/b2b",
    "createVa": "/snap/v1.0/transfer-va/create-va",
    "inquiryVa": "/snap/v1.0/transfer-va/inquiry-va",
    "inquiryStatus": "/snap/v1.0/transfer-va/status",
    "deleteVa": "/snap/v1.0/transfer-va/delete-va",
    "report": "/snap/v1.0/transfer-va/report",
}
"""The path is part of the signature and differs between BRI's products: each one can be set."""


class Operation(ValueObject):
    name: str
    method: str
    serviceCode: str


CREATE_VA: Final = Operation(name="createVa", method="POST", serviceCode="27")
INQUIRY_VA: Final = Operation(name="inquiryVa", method="POST", serviceCode="30")
INQUIRY_STATUS: Final = Operation(name="inquiryStatus", method="POST", serviceCode="26")
DELETE_VA: Final = Operation(name="deleteVa", method="DELETE", serviceCode="31")
REPORT: Final = Operation(name="report", method="POST", serviceCode="35")
ACCESS_TOKEN: Final = Operation(name="accessToken", method="POST", serviceCode="73")


class BriOptions(ValueObject):
    """How we are known at the bank and how we speak to it."""

    baseUrl: str
    clientId: str
    clientSecret: SecretStr
    partnerId: str
    channelId: str
    companyCode: str = Field(pattern=r"^[0-9]{1,8}$")
    signatureEncoding: SignatureEncoding = "hex"
    connectSeconds: int = 5
    totalSeconds: int = 30
    createSeconds: int = 12
    paths: Mapping[str, str] = Field(default_factory=dict)

    @property
    def bankAccount(self) -> str:
        return f"bri:{self.companyCode}"

    def pathOf(self, operation: Operation) -> str:
        return self.paths.get(operation.name, DEFAULT_PATHS[operation.name])
