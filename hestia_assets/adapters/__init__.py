"""Ports made real: Delta tables, SQLAlchemy metadata, local files, DuckDB."""
