"""Letters that leave: written, frozen as a tagged PDF, printed together, posted."""
