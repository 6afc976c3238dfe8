"""Fixed width: how ``fixed_width.py`` finds the columns and cuts the lines."""
