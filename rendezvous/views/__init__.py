"""Pages of rendezvous."""
