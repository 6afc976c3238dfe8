"""Rules from other tools' files, and rules for them."""
