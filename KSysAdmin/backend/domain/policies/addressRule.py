from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from KSysAdmin.backend.domain.exceptions.settingErrors import AddressEntryOverError, OwnAddressDeniedError
from shared.backend.utils.apiModel import Timestamp
from shared.backend.utils.valueObject import ValueObject

Verdict = Literal["allow", "deny"]

# A wider range is half of the internet, and almost always a slip of the finger.
WIDEST_IPV4 = 8
WIDEST_IPV6 = 16


def _toNetwork(text: str) -> str:
    """The range as the gateway reads it: always with its length, IPv6 in its shortest form."""
    network = ip_network(text)
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise ValueError("write an IPv4 address as one")
    if network.prefixlen < (WIDEST_IPV6 if network.version == 6 else WIDEST_IPV4):
        raise ValueError(f"the widest ranges are /{WIDEST_IPV4} of IPv4 and /{WIDEST_IPV6} of IPv6")
    return str(network)


class AddressRule(ValueObject):
    """
    A range of addresses that the gateway never counts (`allow`) or never lets in (`deny`), and why.

    Whoever is in ranges of both is not let in.
    """

    verdict: Verdict
    network: Annotated[str, AfterValidator(_toNetwork)] = Field(
        min_length=2, max_length=43, pattern=r"^[0-9A-Fa-f:./]+$", examples=["203.0.113.0/24", "2001:db8::/32"]
    )
    name: str = Field(min_length=1, max_length=100, examples=["Office"])
    reason: str = Field(min_length=3, max_length=500, examples=["Our own monitoring"])
    endsAt: Timestamp | None = Field(default=None, description="When it goes by itself; null: never")

    def ensureStillToCome(self, at: datetime) -> None:
        if self.endsAt is not None and self.endsAt <= at:
            raise AddressEntryOverError("an entry ends in the future", field="endsAt")

    def ensureSpares(self, address: str) -> None:
        """Nobody shuts out the address they come from."""
        own = _parsed(address)
        if self.verdict == "deny" and own is not None and own in ip_network(self.network):
            raise OwnAddressDeniedError("you come from an address in this range")


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
