"""Experiments: assignment, statistics, decisions. Pure: no I/O, no clock."""
