"""Tables brought in: read, matched to fields, checked, run in batches, and undone as a whole."""
