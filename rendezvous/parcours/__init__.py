"""One visit across several services: which slots fit together, booked all or none."""
