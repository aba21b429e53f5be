"""Files that come from outside: what they really are, what is refused, images without their secrets, antivirus.

`inspect_file` says what a file is or raises FichierRefuse (a French sentence). `reencode` writes an image again
without its metadata. `antivirus.scan` asks clamd. Bytes are kept by `socle.depot`.
"""

from socle.fichiers.images import reencode
from socle.fichiers.inspection import Inspection, inspect_file
from socle.fichiers.refus import FichierRefuse
from socle.fichiers.types import TypeFichier, describe_mime

__all__ = ["FichierRefuse", "Inspection", "TypeFichier", "describe_mime", "inspect_file", "reencode"]
