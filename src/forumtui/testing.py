"""The public kit for authors of backends."""
