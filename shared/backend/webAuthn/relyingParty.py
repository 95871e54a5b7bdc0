from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from shared.backend.utils.valueObject import ValueObject

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_LOCAL_HOST: Final = "localhost"


class RelyingParty(ValueObject):
    """Whom passkeys are made for (WebAuthn Level 3, 4): one host, reached by the one origin that browsers see."""

    id: str
    origin: str
    name: str
    isSecure: bool

    @classmethod
    def forBaseUrl(cls, publicBaseUrl: str, name: str) -> RelyingParty:
        """The origin as browsers write it: lower case, without the port that its scheme implies."""
        url = urlsplit(publicBaseUrl.lower())
        host = url.hostname or ""
        port = "" if url.port in (None, _DEFAULT_PORTS.get(url.scheme)) else f":{url.port}"
        isSecure = url.scheme == "https" or host == _LOCAL_HOST
        return cls(id=host, origin=f"{url.scheme}://{host}{port}", name=name, isSecure=isSecure)
