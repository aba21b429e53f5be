"""What is written to usagers about their appointments: which words, by which way, when, and never in the night."""
