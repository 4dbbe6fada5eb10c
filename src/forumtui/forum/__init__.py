"""A forum of your own: the store of a whole forum, and what feeds it."""
