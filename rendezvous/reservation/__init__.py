"""Booking: holding, confirming, moving, cancelling, marking. The only writer of appointments and of their time."""
