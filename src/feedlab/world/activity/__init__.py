"""What people do: posting and browsing, one file each."""
