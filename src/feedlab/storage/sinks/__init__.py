"""Sinks: where the rows of a world go, one file each."""
