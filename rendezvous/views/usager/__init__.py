"""Pages for usagers, without account nor cookie."""
