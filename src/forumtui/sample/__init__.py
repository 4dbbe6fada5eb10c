"""The sample forum that everybody starts with."""
