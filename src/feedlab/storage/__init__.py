"""Where the lab keeps things: PostgreSQL, a cache, object storage, and the servers that it starts itself."""
