"""Bringing posts in from other places."""
