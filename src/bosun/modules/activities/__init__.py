"""Follow-ups and what they promise."""
