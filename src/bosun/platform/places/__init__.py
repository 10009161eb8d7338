"""Countries, provinces, cities and districts as one tree."""
