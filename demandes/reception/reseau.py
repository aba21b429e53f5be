"""A post or a private message of a social network, or the form of a partner, handed over by a signed connector.

The conversation is the one of the same author in the same thread: both are needed, so that a passer-by who answers
in a public thread never enters somebody else's demande.
"""

import hashlib
from datetime import datetime
from typing import Any

from demandes.models import Entree
from demandes.reception.ecrits import TEXTE_MAX, Ecrit, EcritIllisible, read_numero, read_object, take_text
from demandes.reception.suite import sort_ecrit
from demandes.reception.verdict import Lecture, set_aside
from socle.texte import truncate


def read_reseau(entree: Entree, brut: bytes, collectivite_id: int, at: datetime) -> Lecture:
    """Understand an entry of a connector; what can't be understood waits for a human with the reason."""
    try:
        ecrit = parse_reseau(brut, canal=entree.canal, connecteur_id=entree.connecteur_id or 0)
    except EcritIllisible as error:
        phrase = str(error)
        return Lecture("", "", lambda: set_aside(f"Message de connecteur illisible. {phrase}"))
    return Lecture(ecrit.auteur, ecrit.objet, lambda: sort_ecrit(entree, ecrit, at=at))


def parse_reseau(brut: bytes, *, canal: str, connecteur_id: int) -> Ecrit:
    """Read the JSON of docs/connecteurs.md. Raises EcritIllisible."""
    lu = read_object(brut)
    auteur: Any = lu.get("auteur")
    if not isinstance(auteur, dict):
        raise EcritIllisible("Le champ «\u00a0auteur\u00a0» manque.")
    texte = take_text(lu, "texte", longueur=TEXTE_MAX, obligatoire=True)
    lien = take_text(lu, "lien", longueur=500)
    ident = take_text(auteur, "id", longueur=200, obligatoire=True)
    fil = take_text(lu, "fil", longueur=500)
    courriel = take_text(auteur, "courriel", longueur=320)
    telephone = read_numero(take_text(auteur, "telephone", longueur=40))
    return Ecrit(
        canal=canal,
        auteur=f"{ident} (connecteur {connecteur_id})",
        adresse=ident if canal == Entree.Canal.RESEAU else courriel or telephone,
        nom=take_text(auteur, "nom", longueur=160) or ident,
        texte=f"{texte}\n\nPublication : {lien}" if lien.startswith(("https://", "http://")) else texte,
        objet=take_text(lu, "objet", longueur=200) or truncate(texte, 120),
        externe=name_thread(connecteur_id, fil, ident),
        courriel=courriel,
        telephone=telephone,
    )


def name_thread(connecteur_id: int, fil: str, auteur: str) -> str:
    """Return what `Demande.externe` holds: connector, then author and thread, whatever their length."""
    author_in_thread = "\n".join((auteur, fil)).encode()
    return f"{connecteur_id}:{hashlib.sha256(author_in_thread).hexdigest()[:40]}"
