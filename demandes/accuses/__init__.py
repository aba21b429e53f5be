"""Acknowledgements: what the law wants written, the text that leaves, the proof that stays (CRPA L112-3, L112-11)."""
