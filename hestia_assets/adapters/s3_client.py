"""The door to S3: what the settings say, and for the rest what AWS tools find (environment, profile, role)."""

from typing import Any

from hestia_assets.settings import Settings


def s3_client(settings: Settings) -> Any:
    """A client. Raises what botocore raises where there is no key; connectors make our errors of it."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint_url or None,
        region_name=settings.s3_region or None,
        aws_access_key_id=settings.s3_access_key_id or None,
        aws_secret_access_key=settings.s3_secret_access_key or None,
        config=Config(connect_timeout=10, read_timeout=60, retries={"max_attempts": 4, "mode": "standard"}),
    )
