"""Checks that rows suggest: candidates by what they look at, then judged by the rules themselves."""
