"""Which network addresses lie outside, in whatever way they are written."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from bosun.lib.hosts import HostError, host_to_ascii

Address = IPv4Address | IPv6Address
DEFAULT_PORTS = {"http": 80, "https": 443}
_FIGURES = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+)){0,3}")
_PLACE = re.compile(r"(\[[^\]]+\]|[^:\[\]]+)(?::(\d{1,5}))?")

# https://www.iana.org/assignments/iana-ipv4-special-registry, and what clouds answer their own machines on.
_INSIDE_4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "168.63.129.16/32",
    )
)  # fmt: skip
# Only 2000::/3 is given out. What wraps an IPv4 address in it (6to4, Teredo) leads anywhere.
_OUTSIDE_6 = IPv6Network("2000::/3")
_INSIDE_6 = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_outside(address: Address) -> bool:
    """True for an address that anybody on the internet could be; False for all that lies inside or means something."""
    if isinstance(address, IPv4Address):
        return not any(address in net for net in _INSIDE_4)
    if address.scope_id or address not in _OUTSIDE_6 or any(address in net for net in _INSIDE_6):
        return False
    return (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP


def literal(host: str) -> Address | None:
    """The address that a host in figures stands for, also as 127.1, 0x7f000001 or 2130706433; None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    if not _FIGURES.fullmatch(host):
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def bracketed(address: Address) -> str:
    """An address as it stands in a URL."""
    return f"[{address}]" if address.version == 6 else str(address)


def place(text: str) -> str:
    """`host` or `host:port` in the one form in which hosts are compared; HostError where it is neither."""
    match = _PLACE.fullmatch(text.strip())
    if match is None or not 0 < int(match[2] or 80) < 65536:
        raise HostError("host")
    number = literal(match[1])
    host = host_to_ascii(match[1]) if number is None else bracketed(number)
    return f"{host}:{int(match[2])}" if match[2] else host
