"""HTML bodies, as forums serve them, become the same blocks that Markdown becomes."""
