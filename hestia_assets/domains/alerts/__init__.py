"""Alerts: who hears of what, and that nothing of it is lost on the way."""
