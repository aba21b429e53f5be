"""Screens where agents book for the person in front of them, and settle what an absence leaves."""
