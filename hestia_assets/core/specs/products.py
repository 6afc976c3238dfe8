"""What is made of datasets, and where their files come from."""

from pydantic import Field

from hestia_assets.core.specs.model import Name, Spec


class TransformSpec(Spec):
    """One SQL query over other tables whose result becomes ``transformed.<name>``."""

    name: Name
    tenant: Name = "default"
    description: str = ""
    sql: str = Field(min_length=1)

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"


class ExportSpec(Spec):
    """One table written to one file, proved complete before it is published."""

    name: Name
    tenant: Name = "default"
    description: str = ""
    table: str = Field(description="layer.name, such as transformed.revenue.")
    format: Name = "csv"

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"


class SourceSpec(Spec):
    """A place that files of a dataset are fetched from, by hand or on a schedule.

    ``url`` is ``https://…`` for one file or ``s3://bucket/prefix`` for every object below it.

    Example:
        >>> SourceSpec(name="rates", dataset="rates", url="https://example.org/rates.csv").key
        'default/rates'
    """

    name: Name
    tenant: Name = "default"
    description: str = ""
    dataset: Name
    url: str = Field(min_length=1)
    pattern: str = Field(default="*", description="Only objects whose name matches, such as *.csv; for a prefix.")
    schedule: str = Field(default="", description="Cron expression; empty: by hand, or a bucket when it has news.")
    time_zone: str = "UTC"
    paused: bool = Field(default=False, description="Fetched by hand only, whatever the schedule says.")

    @property
    def key(self) -> str:
        """Tenant and name."""
        return f"{self.tenant}/{self.name}"
