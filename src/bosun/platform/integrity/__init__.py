"""What the data is (one hash over all of it) and whether it holds together (checks that name each breach)."""
