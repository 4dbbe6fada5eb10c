"""The sample forum: a community to read, to write in and to learn the keys with, shipped as text."""
