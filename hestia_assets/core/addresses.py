"""Addresses of remote files: which connector serves one, and how it is shown without its secrets."""

import hashlib
from urllib.parse import urlsplit

from hestia_assets.core.errors import SpecError
from hestia_assets.core.ports import Connector
from hestia_assets.core.registry import Registry


def shown(url: str) -> str:
    """An address as it may be logged: without user, password and query.

    Example:
        >>> shown("https://ada:secret@example.org/rates.csv?token=1#x")
        'https://example.org/rates.csv'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def key_of(url: str) -> str:
    """What tells one address from another, without its secrets."""
    plain = shown(url)
    return plain if plain == url else f"{plain}#{hashlib.sha256(url.encode()).hexdigest()[:16]}"


def connector_for(connectors: Registry[Connector], url: str) -> Connector:
    """The connector that serves an address.

    Raises:
        SpecError: none does, or the address is none.
    """
    served = {scheme: name for name in connectors.names() for scheme in connectors.get(name).schemes}
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise SpecError(f"This is no address: {error}.", hint="Copy it again from where it came.") from error
    if scheme not in served:
        listed = ", ".join(f"{each}://" for each in sorted(served))
        raise SpecError(f"Nothing can be fetched from '{scheme}://' addresses.", hint=f"Use one of: {listed}.")
    connector = connectors.get(served[scheme])
    connector.accept(url)
    return connector
