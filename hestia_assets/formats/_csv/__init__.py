"""Delimited text: how ``csv.py`` looks at a file, cuts it into records and reads them."""
