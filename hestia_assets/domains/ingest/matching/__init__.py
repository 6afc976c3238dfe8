"""Whose columns are these: names, synonyms, values, and what differs from the last files."""
