"""What tables look like, which rules that suggests, and what a rule would do."""
