"""JSON and NDJSON: how ``json.py`` and ``ndjson.py`` find the records and keep every value exact."""
