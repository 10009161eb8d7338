"""What the house promises to those who build on it."""
