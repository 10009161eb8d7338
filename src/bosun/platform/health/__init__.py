"""Whether everything runs: the database, the workers, and the one of them that keeps time."""
