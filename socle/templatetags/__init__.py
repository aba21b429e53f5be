"""Tags of the components and filters of written French."""
