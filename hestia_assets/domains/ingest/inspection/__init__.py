"""What a file is, before anything is loaded: its format, its recipe, and what would be set aside."""
