"""When the town receives: rules as people say them, and what they give day by day."""
