"""A second implementation of a forum, in memory, to compare the forum file and the server with."""
