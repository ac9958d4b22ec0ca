"""Rows of any engine compressed exactly: coded controls, cells with sums, records on disk."""
