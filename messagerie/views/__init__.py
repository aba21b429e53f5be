"""Screens and doors of the ledger."""
