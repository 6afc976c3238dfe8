"""Use cases, one package each; they know ports and facts, no framework and not each other."""
