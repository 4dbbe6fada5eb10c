"""Text, pure: sanitising, parsing into blocks, laying out into lines, quoting, folding for search."""
