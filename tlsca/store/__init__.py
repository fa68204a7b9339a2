"""Where the authority lives: an append-only journal on disk, seen through TinyDB, behind one repository."""
