"""What an usager sends from a page without account: kept raw as an entry first, then understood at once.

The entry is unique by what was sent: the same form sent twice has one effect.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur, acting_usager
from collectivites.cloison import get_active_id
from demandes.actions import receive_message
from demandes.models import Demande, Entree, Message, PieceDeposee
from socle.depot import store_bytes

INCONNU = Acteur(nature="usager", libelle="Usager")


def acting_demandeur(demande: Demande) -> Acteur:
    """Return the usager of a demande as the one who acts on its public pages."""
    usager = demande.usager
    return acting_usager(usager_id=usager.pk, libelle=str(usager)[:160]) if usager else INCONNU


def keep_raw(
    *, nature: str, contenu: dict[str, Any], pieces: Sequence[PieceDeposee] = (), demande: Demande, at: datetime,
    canal: str = Entree.Canal.FORMULAIRE, objet: str = "",
) -> Entree:  # fmt: skip
    """Keep what was sent, before anything is made of it; `is_deja_recue` when it was there already.

    `nature` begins the external id: « complement:12 ».
    """
    files = [
        {"nom": each.nom, "empreinte": each.empreinte, "fichier": each.fichier, "exigence": each.exigence}
        for each in pieces
    ]
    brut = json.dumps(contenu | {"pieces": files}, ensure_ascii=False, sort_keys=True).encode()
    depose = store_bytes(brut, collectivite_id=get_active_id(), at=at)
    externe_id = f"{nature}:{hashlib.sha256(brut).hexdigest()}"[:200]
    entree = Entree(
        canal=canal, externe_id=externe_id, empreinte=depose.empreinte, brut=depose.chemin, octets=depose.octets,
        etat=Entree.Etat.TRAITEE, issue=Entree.Issue.RATTACHEE, demande_id=demande.pk, usager_id=demande.usager_id,
        objet=objet[:300], received_at=at, processed_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            entree.save(force_insert=True)
    except IntegrityError as error:
        if "entree_unique" not in str(error):
            raise
        entree = Entree.objects.get(canal=canal, boite=None, externe_id=externe_id)
        entree.is_deja_recue = True
    return entree


@transaction.atomic
def receive_depot(
    *, demande: Demande, texte: str, pieces: Sequence[PieceDeposee] = (), clef: str, by: Acteur, at: datetime
) -> Message:
    """Add what the usager wrote on the tracking page. `clef`: of the form; sent twice, it is there once.

    Raises FenetreDepassee when the demande was closed too long ago.
    """
    contenu = {"texte": texte, "clef": clef}
    entree = keep_raw(nature=f"suivi:{demande.pk}", contenu=contenu, pieces=pieces, demande=demande, at=at)
    return receive_message(
        demande=demande, canal=Message.Canal.FORMULAIRE, texte=texte or "Documents envoyés.", by=by, at=at,
        usager=demande.usager, entree=entree, pieces=pieces,
    )  # fmt: skip
