"""A forum over HTTP, for readers elsewhere: identity, limits, and the API that docs/api.md describes."""
