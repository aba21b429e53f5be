"""What is said before, at and after a date: each step exactly once, whoever dies meanwhile."""
