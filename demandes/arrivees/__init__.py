"""Mail on paper that comes in: scanned in batches, numbered, qualified into demandes; the original is kept."""
