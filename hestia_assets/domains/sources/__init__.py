"""Places that files are fetched from."""
