"""Pure Python, without Django: what the floors above build on."""
