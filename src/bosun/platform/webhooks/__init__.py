"""Webhooks: what Bosun tells programs outside, signed and until they have it; and what they tell Bosun."""
