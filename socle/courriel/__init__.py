"""Reading of received messages: raw bytes in, what a human wrote and what a machine must know out.

Standard library and nh3 only; no Django, so that the same code serves the command, the tasks and the tests.
"""

from socle.courriel.lecture import Courriel, lire
from socle.courriel.pieces import Piece
from socle.courriel.rebond import Rebond

__all__ = ["Courriel", "Piece", "Rebond", "lire"]
