"""Search over every entity: words made in Python, kept in FTS5 or in a tsvector."""
