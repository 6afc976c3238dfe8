"""From a file to a table: receive, inspect, read, account, type, check, commit."""
