"""People, departments, positions, roles, and the company itself."""
