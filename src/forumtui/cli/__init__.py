"""The command line: wires the parts together, then runs the app or one command."""
