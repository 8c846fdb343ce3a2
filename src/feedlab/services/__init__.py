"""Use cases, one file a verb. They join the pure packages with storage; the faces call them."""
