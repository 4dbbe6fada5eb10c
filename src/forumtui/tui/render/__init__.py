"""Rows, posts and looks as values: pure, without widgets; text goes in, lines and strips come out."""
