"""Screens of feeds and of calendars kept elsewhere."""
