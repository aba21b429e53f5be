"""What the house does by itself, or many times at once: rules, macros, bulk gestures, districts.

One vocabulary of gestures (`gestes.py`) and one of conditions (`conditions.py`), used by all. The package stands above
`demandes.actions`: a rule is made of actions, which do not know it (see `demandes/declencheurs.py`).
"""
