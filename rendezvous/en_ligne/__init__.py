"""Booking by the usager, step by step, without HTTP: what pages, the widget and a kiosk share."""
