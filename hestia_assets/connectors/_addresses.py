"""Which machines may be asked: nobody may use Hestia to look into a network that they cannot reach themselves."""

import ipaddress
import socket
from collections.abc import Iterable

from hestia_assets.core.errors import FetchError


def refuse_host(host: str, port: int, *, private: bool) -> None:
    """Look up a name before it is asked. One that is not known is left to the connection. Raises FetchError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    refuse_addresses((str(entry[4][0]) for entry in found), host=host, private=private)


def refuse_addresses(addresses: Iterable[str], *, host: str, private: bool) -> None:
    """Raises FetchError for addresses that are not for us."""
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if mapped.is_link_local:  # where clouds keep the keys of the machine
            raise FetchError(f"{host} is an address of this machine's own network card.", hint="Use another address.")
        if not private and not mapped.is_global:
            raise FetchError(
                f"{host} is inside this machine's network, from which nothing is fetched.",
                hint="Use a public address, or set HESTIA_ALLOW_PRIVATE_URLS to true.",
            )
