"""What follows an implicit decision: the proof that one accepts (CRPA L232-3), the reasons of one that rejects
(L232-4)."""

from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent, Collectivite
from demandes.contacts import read_adresses
from demandes.courriers import describe_reception
from demandes.delais.legal import compute_motifs
from demandes.lettres.destinataire import find_adresse, name_destinataire
from demandes.lettres.ecriture import write_courrier
from demandes.models import CourrierDepart, Demande, Echeance, Message, NatureEcheance, Tache
from demandes.travail.taches import add_tache
from journal.actions import record
from socle.ecriture import write_jour

ACCEPTATION, REJET = "acceptation", "rejet"


class PasDeDecision(Exception):
    """No implicit decision of this kind was born."""

    def __init__(self, effet: str) -> None:
        what = "d'acceptation" if effet == ACCEPTATION else "de rejet"
        super().__init__(f"Aucune décision implicite {what} n'est née pour cette demande.")


def is_born(echeance: Echeance | None, effet: str, *, on: date) -> bool:
    """True when silence has decided: the day has passed, at 24:00, and no answer was given before."""
    if echeance is None or echeance.effet != effet or echeance.due_on is None or echeance.due_at is None:
        return False
    answered = echeance.met_at is not None and echeance.met_at <= echeance.due_at
    return on > echeance.due_on and not answered


def find_decision(demande: Demande) -> Echeance | None:
    """Return the date of the implicit decision, None when silence decides nothing (one query)."""
    return Echeance.objects.filter(demande=demande, nature=NatureEcheance.DECISION).first()


def _today(at: datetime, town: Collectivite) -> date:
    return at.astimezone(ZoneInfo(town.fuseau)).date()


@transaction.atomic
def issue_attestation(*, demande: Demande, clef: UUID, agent: Agent, by: Acteur, at: datetime) -> CourrierDepart:
    """Write the attestation of the implicit acceptance, to post or to hand over. The same `clef` again returns the
    letter already there. Raises PasDeDecision."""
    Demande.objects.select_for_update(no_key=True).only("pk").get(pk=demande.pk)
    twin = CourrierDepart.objects.filter(message__clef=clef).first()
    if twin is not None:
        return twin
    town, decision = Collectivite.objects.get(pk=get_active_id()), find_decision(demande)
    if decision is None or not is_born(decision, ACCEPTATION, on=_today(at, town)):
        raise PasDeDecision(ACCEPTATION)
    usager = demande.usager
    name, adresse = (name_destinataire(usager) if usager else ""), find_adresse(read_adresses(usager))
    texte = _attest(demande, decision, town, name)
    message = Message.objects.create(
        demande=demande, sens=Message.Sens.SORTANT, canal=Message.Canal.COURRIER, texte=texte, adresse=adresse,
        expediteur_libelle=by.libelle, agent=agent, clef=clef, at=at,
    )  # fmt: skip
    _tell(demande, "demande.attestation", by=by, at=at)
    return write_courrier(
        demande=demande, message=message, destinataire=name, adresse=adresse,
        objet="Attestation de décision implicite d'acceptation", corps=texte, agent=agent, at=at,
    )  # fmt: skip


def _attest(demande: Demande, decision: Echeance, town: Collectivite, name: str) -> str:
    assert decision.due_on is not None  # noqa: S101 checked by is_born
    return (
        f"{town.nom} atteste que la demande «\u00a0{demande.objet}\u00a0», enregistrée sous le numéro "
        f"{demande.numero}, présentée par {name or 'le demandeur'} et reçue le {describe_reception(demande, town)}, "
        f"n'a pas reçu de réponse au {write_jour(decision.due_on, annee=True)}.\n\n"
        "Elle est donc réputée acceptée à compter de la fin de ce jour.\n\n"
        f"Texte applicable\u00a0: {decision.base.rstrip('. ')}.\n\n"
        "La présente attestation est délivrée en application de l'article L232-3 du code des relations entre le "
        "public et l'administration."
    )


@transaction.atomic
def ask_motifs(*, demande: Demande, by: Acteur, at: datetime) -> Tache:
    """Note that the usager asks why silence rejected: the reasons are owed within a month (CRPA L232-4).

    Asked once: again, the task already there. Raises PasDeDecision.
    """
    town = Collectivite.objects.get(pk=get_active_id())
    today = _today(at, town)
    if not is_born(find_decision(demande), REJET, on=today):
        raise PasDeDecision(REJET)
    clef = uuid5(NAMESPACE_URL, f"motifs:{demande.collectivite_id}:{demande.pk}")
    twin = Tache.objects.filter(clef=clef).first()
    if twin is not None:
        return twin
    tache = add_tache(
        demande=demande, libelle="Communiquer les motifs du rejet implicite (CRPA L232-4)", agent=demande.agent,
        due_on=compute_motifs(today).jour, clef=clef, by=by, at=at,
    )  # fmt: skip
    _tell(demande, "demande.motifs_demandes", by=by, at=at)
    return tache


def _tell(demande: Demande, verbe: str, *, by: Acteur, at: datetime) -> None:
    record(
        verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        version=demande.version,
    )  # fmt: skip
