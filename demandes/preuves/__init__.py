"""The evidence pack: everything that proves a demande, in one tagged PDF."""
