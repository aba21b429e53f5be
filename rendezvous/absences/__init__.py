"""Somebody is away: their appointments moved, entrusted to a colleague or cancelled, many at once."""
