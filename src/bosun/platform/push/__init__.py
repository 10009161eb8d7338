"""Browsers that are told something while no tab of ours is open: which there are, and the key that we sign with."""
