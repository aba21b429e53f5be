"""Two answers by letter, written this morning: they wait in « Courrier à imprimer »."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from citoyens.models import LienContact, PointContact
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from demandes.actions import reply
from demandes.cycle import Etat
from demandes.models import Demande

TEXTE = (
    "Votre demande a été examinée par le service.\n\nUne intervention est prévue dans les quinze jours. Vous "
    "n'avez aucune démarche à faire d'ici là."
)
LETTRES = 2


def write_letters(ville: Ville, *, horloge: Horloge) -> int:
    """Answer by letter two demandes in hand whose usager has a postal address; return how many."""
    at = horloge.at - timedelta(minutes=40)
    known = LienContact.objects.filter(point__nature=PointContact.Nature.ADRESSE).values("usager_id")
    held = Demande.objects.for_fiche().filter(
        etat=Etat.EN_COURS, usager_id__in=known, agent__isnull=False, is_unread=False, last_message_at__lt=at
    )
    chosen = list(held.exclude(domaine__in=RESERVES).order_by("-received_at", "-pk")[:LETTRES])
    for demande in chosen:
        assert demande.agent is not None  # noqa: S101 asked for
        by = Acteur(nature="agent", libelle=str(demande.agent), agent_id=demande.agent.pk)
        reply(
            demande=demande, version=demande.version, canal="courrier", texte=TEXTE, agent=demande.agent, by=by, at=at,
            clef=uuid5(NAMESPACE_URL, f"{ville.collectivite.slug}:lettre:{demande.numero}"),
        )  # fmt: skip
    return len(chosen)
