"""Away: somebody stands in for another for a time, and what is open is handed over and back."""
