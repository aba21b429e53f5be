"""Volume data: as many towns, usagers and demandes as asked, deterministic, loaded by COPY."""
