"""XML: how ``xml.py`` parses without entities, finds the records and their shape."""
