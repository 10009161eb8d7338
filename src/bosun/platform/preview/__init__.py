"""Who will be told of what in the coming days, and why; and what in the data would mislead."""
