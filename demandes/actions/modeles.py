"""Reply templates and drafts: what agents write once and use often, what they have not finished."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from collectivites.acteur import Acteur
from demandes.modeles_reponse import check_corps
from demandes.models import Brouillon, Demande, ModeleReponse
from journal.actions import record
from socle.texte import clean

BROUILLON_MAX = 50_000  # characters


@transaction.atomic
def save_modele(*, modele: ModeleReponse, by: Acteur, at: datetime) -> ModeleReponse:
    """Create or change a template. Raises VariableInconnue, ModeleRefuse."""
    check_corps(modele.corps)
    verbe = "modele_reponse.modifie" if modele.pk else "modele_reponse.cree"
    modele.updated_at = at
    modele.save()
    record(verbe=verbe, objet_type="modele_reponse", objet_id=modele.pk, libelle=modele.titre, by=by, at=at)
    return modele


def count_use(codes: list[str]) -> None:
    """Remember that these templates served in a reply that left."""
    ModeleReponse.objects.filter(raccourci__in=codes[:20]).update(utilisations=F("utilisations") + 1)


@transaction.atomic
def keep_brouillon(*, demande: Demande, agent_id: int, texte: str, mode: str, at: datetime) -> Brouillon | None:
    """Keep what the agent is writing, each their own; an empty text drops it. Not a fact: the journal ignores it."""
    said = clean(texte)[:BROUILLON_MAX]
    if not said.strip():
        drop_brouillon(demande_id=demande.pk, agent_id=agent_id)
        return None
    draft, _ = Brouillon.objects.update_or_create(
        demande=demande, agent_id=agent_id, defaults={"texte": said, "mode": mode[:340], "updated_at": at}
    )
    return draft


def drop_brouillon(*, demande_id: int, agent_id: int) -> None:
    """The text left, or was given up."""
    Brouillon.objects.filter(demande_id=demande_id, agent_id=agent_id).delete()
