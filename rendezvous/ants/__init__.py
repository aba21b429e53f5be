"""France Titres (ANTS): what the national search asks us, what we tell the coordination of appointments.

Facts and their sources: docs/connecteurs.md. Two independent mechanisms: finding slots, and refusing doubles.
"""
