"""Settings of the offer: motifs, counters, ranges, unavailability, sessions, bundles."""
