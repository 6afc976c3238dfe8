"""Records within records (JSON, XML): columns, child tables and their rows."""
