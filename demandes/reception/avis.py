"""A third party answers by e-mail what they were asked: the answer joins the opinion, not the conversation."""

from collections.abc import Iterable
from datetime import datetime

from collectivites.cloison import get_active_id
from demandes.concours.avis import ReponseAvis, find_by_references, take_answer
from demandes.fichiers import Gardee
from demandes.models import Avis, Entree, Message
from demandes.reception.fil import list_signed_numbers
from demandes.reception.pieces import attach_pieces
from demandes.reception.verdict import Verdict, set_aside
from socle.courriel import Courriel

TEXTE_MAX = 20_000
# Anybody may have one: the part after the @ proves nothing there.
GRAND_PUBLIC = frozenset(
    "gmail.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net hotmail.com hotmail.fr outlook.com outlook.fr "
    "yahoo.com yahoo.fr live.fr bbox.fr icloud.com".split()
)


def find_avis(courriel: Courriel) -> Avis | None:
    """Return the opinion whose signed reference the message bears."""
    return find_by_references(list_signed_numbers(courriel, get_active_id()))


def file_avis(entree: Entree, courriel: Courriel, pieces: Iterable[Gardee], avis: Avis, *, at: datetime) -> Verdict:
    """Take the answer when it comes from whom we asked (or from a colleague of theirs), else leave it to a human."""
    if courriel.automatique:
        return Verdict(Entree.Issue.AUTOMATIQUE, courriel.motif_automatique, avis.demande_id)
    if avis.revoked_at is not None:
        return set_aside("Cet avis n'est plus demandé.")
    if not _is_from(courriel.expediteur.lower(), avis.courriel):
        return set_aside("Cite un avis demandé, mais vient d'une autre adresse que celle du tiers.")
    held = Avis.objects.select_for_update(no_key=True).get(pk=avis.pk)
    texte = courriel.texte_utile[:TEXTE_MAX]
    note: Message = take_answer(avis=held, reponse=ReponseAvis(texte), entree=entree, at=at)
    attach_pieces(list(pieces), message=note, at=at)
    return Verdict(Entree.Issue.RATTACHEE, "", avis.demande_id)


def _is_from(adresse: str, asked: str) -> bool:
    """True for the address asked, or another one of the same organisation."""
    domaine = asked.rpartition("@")[2]
    return adresse == asked or (domaine not in GRAND_PUBLIC and adresse.rpartition("@")[2] == domaine)
