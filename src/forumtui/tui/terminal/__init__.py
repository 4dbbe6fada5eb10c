"""The terminal itself: what is written to it, how fast, and when it is gone."""
