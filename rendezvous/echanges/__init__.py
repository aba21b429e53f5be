"""What leaves towards other software and what comes from it: secret feeds, calendars kept elsewhere, webhooks."""
