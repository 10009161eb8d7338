"""Data to look at and to test with: the demo company, and the small world of the tests."""
