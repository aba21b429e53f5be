"""What an usager without account sees of their demande: state in plain words, next date, what they lived."""
