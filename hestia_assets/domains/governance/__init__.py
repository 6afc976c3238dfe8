"""Who may read what, and the catalogue of specs."""
