"""Business modules, one Django app each; a higher floor may import a lower one."""
