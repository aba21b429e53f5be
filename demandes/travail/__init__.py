"""Shared work: who is told, who had it, who follows it, what is left to do, what goes together.

This package stands below `demandes.actions` (which calls it) and knows nothing of it. Merging, splitting, answering
many at once need the actions of the conversation: they are in `demandes/actions/`.
"""
