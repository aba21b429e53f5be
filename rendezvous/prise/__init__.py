"""Booking by agents: what was chosen so far, the free slots as an agent reads them."""
