"""Tables written to files that prove complete."""
