"""The SQL of the library, as plain functions of a connection."""
