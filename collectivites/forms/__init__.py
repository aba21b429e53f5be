"""Forms of the settings screens: they clean and translate; actions write."""
