"""« Créneau plus tôt » : who waits for an earlier slot, and who is told when one comes free."""
