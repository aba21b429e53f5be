"""Who waits for an earlier slot or for any slot at all, and who is told when one comes free."""
