"""Layers of the lake and the address of a table in it."""

from dataclasses import dataclass
from enum import StrEnum

from hestia_assets.core.errors import NotFoundError


class Layer(StrEnum):
    """Where data stands on its one way; the first part of every asset key."""

    LANDING = "landing"
    IMPORTED = "imported"
    QUARANTINE = "quarantine"
    VALIDATED = "validated"
    TRANSFORMED = "transformed"
    EXPORTED = "exported"
    HISTORY = "history"
    QUARANTINE_LOG = "quarantine_log"


TABLE_LAYERS = (Layer.IMPORTED, Layer.QUARANTINE, Layer.VALIDATED, Layer.TRANSFORMED)
"""Layers that hold Delta tables; landing and exported hold files."""

INTERNAL_LAYERS = (Layer.HISTORY, Layer.QUARANTINE_LOG)
"""Tables that are Hestia's own: row versions that left validated, what became of rows in quarantine. None is an asset.
"""


@dataclass(frozen=True, slots=True, order=True)
class TableRef:
    """One table of one tenant in one layer.

    Example:
        >>> TableRef.parse("validated.orders").key
        ['validated', 'default', 'orders']
    """

    layer: Layer
    tenant: str
    name: str

    @classmethod
    def parse(cls, text: str, *, tenant: str = "default") -> "TableRef":
        """Read ``layer.name`` or ``tenant.layer.name``.

        Raises:
            NotFoundError: the layer does not exist or the address has another shape.
        """
        parts = text.split(".")
        if len(parts) == 2:
            parts = [tenant, *parts]
        layers = {layer.value for layer in TABLE_LAYERS}
        if len(parts) != 3 or parts[1] not in layers:
            raise NotFoundError("table address", text, known={f"{layer}.name" for layer in layers})
        return cls(Layer(parts[1]), parts[0], parts[2])

    @property
    def key(self) -> list[str]:
        """The asset key: layer, tenant, name."""
        return [self.layer.value, self.tenant, self.name]

    @property
    def path(self) -> str:
        """The folder below the lake: tenant/layer/name."""
        return f"{self.tenant}/{self.layer.value}/{self.name}"

    def __str__(self) -> str:
        return f"{self.tenant}.{self.layer.value}.{self.name}"
