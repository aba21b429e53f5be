"""Settings screens of a collectivité."""
