"""Rows that are in the tables already: edits, undo and redo, another type, another reading."""
