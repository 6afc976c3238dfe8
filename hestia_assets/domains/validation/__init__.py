"""Types and checks on rows: what is valid, and why not."""
