"""Made-up towns for the demonstration. Phones and domains come from the ranges reserved for fiction."""
