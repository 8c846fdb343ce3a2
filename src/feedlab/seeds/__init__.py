"""The ten seed posts that every world starts from unless it is given its own."""
