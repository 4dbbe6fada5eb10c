"""Rows of the library as styled lines; no widgets here."""
