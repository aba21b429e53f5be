"""Tags of appointments."""
