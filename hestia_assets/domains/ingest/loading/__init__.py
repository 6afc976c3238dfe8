"""From the rows of a file to the tables: parts, the plan for the whole file, one publication."""
