"""Screens of agents: agenda, list of the day, one appointment, statistics."""
