"""Parquet: how ``parquet.py`` checks a file and turns typed values into exact text."""
