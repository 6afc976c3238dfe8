"""Dagster only: assets, checks, jobs, schedules, sensors, resources. Bodies are one call to the façade."""
