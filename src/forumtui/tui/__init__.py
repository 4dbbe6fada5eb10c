"""The terminal interface.  Nothing in it touches a network, a backend or SQL."""
