"""Workbooks: how ``excel.py`` opens each container and reads its sheets."""
