"""What this package tells the floors below at start: settings, texts, sentences of the journal."""

from demandes.concours.phrases import PHRASES
from demandes.concours.reglages import declare_concours
from demandes.concours.textes import declare_textes
from journal.phrases import declare


def declare_all() -> None:
    """Fill the registries."""
    declare_concours()
    declare_textes()
    declare(PHRASES)
