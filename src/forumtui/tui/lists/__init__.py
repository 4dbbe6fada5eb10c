"""Lists of any length, and pages of lines."""
