"""A thread to read, of any length."""
