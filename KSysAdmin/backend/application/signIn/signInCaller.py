from __future__ import annotations

from shared.backend.http.requestContext import RequestContext
from shared.backend.utils.deviceLabel import describeDevice
from shared.backend.utils.valueObject import ValueObject


class SignInCaller(ValueObject):
    """Where a sign-in comes from; `deviceTokenHash` when the browser says that it has been here before."""

    clientIp: str
    userAgent: str
    deviceTokenHash: str | None = None

    @classmethod
    def of(cls, context: RequestContext, deviceTokenHash: str | None) -> SignInCaller:
        return cls(clientIp=context.clientIp, userAgent=context.userAgent, deviceTokenHash=deviceTokenHash)

    @property
    def deviceLabel(self) -> str:
        return describeDevice(self.userAgent)
