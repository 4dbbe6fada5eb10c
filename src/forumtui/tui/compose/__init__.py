"""Writing: the composer, and what keeps each key typed in it."""
