"""What every endpoint of the API shares: the key, its scopes, its rate, idempotency. Routes are in `config/api.py`."""
