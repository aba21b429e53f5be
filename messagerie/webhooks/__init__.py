"""Telling other programs what happened: subscriptions, signed deliveries, retries. Standard Webhooks."""
