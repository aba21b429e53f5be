"""The two clocks of a demande: what the service promised, what the law commands. Pure rules, with their reasoning."""
