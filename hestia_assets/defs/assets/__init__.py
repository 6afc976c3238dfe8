"""Asset factories, one file per layer."""
