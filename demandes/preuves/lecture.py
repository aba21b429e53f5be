"""What the tab « Preuves » shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from demandes.accuses.emission import DUS
from demandes.accuses.mentions import AEE, LIBELLES, Mention, list_required, missing_mentions
from demandes.accuses.ponctualite import Ponctualite, judge
from demandes.actions.implicite import ACCEPTATION, REJET, is_born
from demandes.models import AccuseReception, CourrierDepart, Demande, DossierPreuves, Echeance, NatureEcheance
from messagerie.models import Envoi

DOSSIERS = 5


@dataclass(frozen=True)
class LigneAccuse:
    """One acknowledgement, ready to draw: `sort` is the code of its Envoi's state, empty for a letter."""

    accuse: AccuseReception
    mentions: list[str]
    absentes: list[str]
    sort: str
    sort_libelle: str
    ponctualite: Ponctualite


def list_accuses(demande: Demande) -> list[LigneAccuse]:
    """Return the acknowledgements with the fate of each (two queries)."""
    rows = list(AccuseReception.objects.filter(demande=demande).order_by("issued_at", "pk"))
    envois = Envoi.objects.only("etat").in_bulk([each.envoi_id for each in rows if each.envoi_id])
    return [_draw(each, demande, envois.get(each.envoi_id or 0)) for each in rows]


def _draw(accuse: AccuseReception, demande: Demande, envoi: Envoi | None) -> LigneAccuse:
    return LigneAccuse(
        accuse=accuse,
        mentions=[LIBELLES[Mention(code)] for code in accuse.mentions],
        absentes=[
            LIBELLES[each] for each in list_required(accuse.nature, demande.type) if each not in accuse.mentions
        ],
        sort=envoi.etat if envoi else "",
        sort_libelle=envoi.get_etat_display() if envoi else "",
        ponctualite=_judge(accuse, demande),
    )


def _judge(accuse: AccuseReception, demande: Demande) -> Ponctualite:
    town = demande.collectivite
    local = ZoneInfo(town.fuseau)
    return judge(
        accuse.nature, canal=demande.canal, recue_on=accuse.received_at.astimezone(local).date(),
        emis_on=accuse.issued_at.astimezone(local).date(), zone=town.zone_feries,
    )  # fmt: skip


def tell_due(demande: Demande, lignes: list[LigneAccuse]) -> list[str]:
    """Return what the acknowledgement of receipt still waits for; empty when it left or is not owed."""
    done = any(each.accuse.nature != AEE for each in lignes)
    if done or demande.canal not in DUS or not demande.is_open or demande.is_abusive:
        return []
    missing = missing_mentions(demande.type, demande.service, demande.collectivite)
    return missing or ["Une adresse où l'envoyer\u00a0: complétez la fiche de l'usager."]


def list_echeances(demande: Demande) -> list[Echeance]:
    """Return the dates with their reasoning (one query)."""
    return list(Echeance.objects.filter(demande=demande).order_by("due_at", "pk"))


def list_implicites(demande: Demande, echeances: list[Echeance], *, at: datetime) -> dict[str, bool]:
    """Return which gesture an implicit decision opens now."""
    decision = next((each for each in echeances if each.nature == NatureEcheance.DECISION), None)
    today = at.astimezone(ZoneInfo(demande.collectivite.fuseau)).date()
    return {"attestation": is_born(decision, ACCEPTATION, on=today), "motifs": is_born(decision, REJET, on=today)}


def list_lettres(demande: Demande) -> list[CourrierDepart]:
    """Return the letters of a demande, newest first (one query)."""
    return list(CourrierDepart.objects.filter(demande=demande).select_related("agent").order_by("-pk"))


def list_dossiers(demande: Demande) -> list[DossierPreuves]:
    """Return the last packs, newest first (one query)."""
    rows = DossierPreuves.objects.filter(demande=demande).select_related("agent")
    return list(rows.order_by("-created_at", "-pk")[:DOSSIERS])
