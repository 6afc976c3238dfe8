"""Rows in quarantine: what became of each, and the batches that bring them back."""
