from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

UNKNOWN_NETWORK: Final = "unknown"
_IPV6_PREFIX: Final = 64


def networkOf(ip: str | None) -> str:
    """Whom failures of an address are counted against: an IPv4 address, or the /64 that one IPv6 customer gets."""
    try:
        address = ip_address(ip or "")
    except ValueError:
        return UNKNOWN_NETWORK
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), _IPV6_PREFIX), strict=False))
