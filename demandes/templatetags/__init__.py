"""Tags of demandes."""
