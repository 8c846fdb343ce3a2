"""What people are made of: names, bios, archetypes, and the data files behind them.

A pool is a data file of ours, and a person's entry in it is picked by index, so
that a change to a pool is a change to the world and shows in its checksums.
"""
