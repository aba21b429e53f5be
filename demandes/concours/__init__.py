"""What we ask of others for a demande: missing documents, an opinion, another administration's hand."""
