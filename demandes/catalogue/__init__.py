"""What can be asked: the form of a type, what is checked before it is published, the catalogue of the first day."""
