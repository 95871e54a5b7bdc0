from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from KSysPayment.backend.domain.models.money import Money
from shared.backend.utils.valueObject import ValueObject


class InboundCall(ValueObject):
    """A call of the bank as it arrived: the path as received, header names in lower case, the body untouched."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


class Notification(ValueObject):
    """What the bank's push notification says; `echo` goes back in the answer."""

    virtualAccountNo: str
    bankReference: str
    amount: Money
    bankTime: datetime | None
    echo: Mapping[str, JsonValue]


class InboundCallVerifierInterface(ABC):
    """Is it the bank? Every method raises SnapRefusedError when it is not, or when it speaks badly."""

    @property
    @abstractmethod
    def bankAccount(self) -> str: ...

    @abstractmethod
    def verifyTokenRequest(self, call: InboundCall, at: datetime) -> str:
        """The client id of a token request whose signature is right."""

    @abstractmethod
    def readToken(self, call: InboundCall, at: datetime) -> str:
        """The bearer token of a call whose headers are complete and whose time is near ours."""

    @abstractmethod
    def verifySignature(self, call: InboundCall, token: str) -> None: ...

    @abstractmethod
    def readNotification(self, body: bytes) -> Notification: ...
