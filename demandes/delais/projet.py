"""Which dates a demande has, from what happened to it: nothing here reads or writes the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from collectivites.calendrier import AucunJourOuvre
from collectivites.minutes import Ouverture
from demandes.cycle import Etat
from demandes.delais import reglages
from demandes.delais.autres import compute_accessibilite, compute_rgpd
from demandes.delais.calcul import Jalon, Promesse
from demandes.delais.duree import Duree, Unite
from demandes.delais.engagement import compute_engagement
from demandes.delais.legal import compute_aee, compute_are, compute_sva, compute_svr
from demandes.delais.suspensions import Arret, Nature
from demandes.models import Demande, DemandeComplement, NatureEcheance, Regime, Suspension, TypeDemande
from demandes.models.type_demande import Nature as NatureDemande

ELECTRONIQUES = frozenset({"courriel", "formulaire", "sms", "reseau"})  # CRPA L112-11: « par voie électronique »
REPONDU = frozenset({Etat.TRAITEE.value, Etat.CLOSE.value})
SVR_BASE = "CRPA, L231-4 2°"
EFFETS = {Regime.SVA.value: "acceptation", Regime.SVR.value: "rejet"}


@dataclass(frozen=True)
class Contexte:
    """What the dates of one demande depend on, beside the demande itself."""

    ouverture: Ouverture
    valeurs: Mapping[str, int]
    suspensions: Sequence[Suspension] = ()
    complements: Sequence[DemandeComplement] = ()
    accuses: Mapping[str, datetime] = field(default_factory=dict)  # nature → first issue

    def list_pauses(self) -> list[Arret]:
        """Return what stops the promise of the service."""
        waits = {Suspension.Cause.USAGER.value: Nature.USAGER}
        if self.valeurs[reglages.TIERS.clef]:
            waits[Suspension.Cause.TIERS.value] = Nature.TIERS
        return [Arret(s.debut_at, s.fin_at, waits[s.cause]) for s in self.suspensions if s.cause in waits]

    def list_requests(self) -> list[tuple[Arret, date | None]]:
        """Return what was asked of the usager under L114-5, with the last day given: the law waits for the documents,
        whatever the state says. A document that is not indispensable suspends nothing (L114-5-1)."""
        asked = [
            (self._read_stop(c.asked_at, c.answered_at or c.cancelled_at, c.delai_on, c.motif), c.delai_on)
            for c in self.complements if c.is_indispensable
        ]  # fmt: skip
        known = {arret.debut for arret, _ in asked}
        alone = [s for s in self.suspensions if s.is_legale and s.debut_at not in known]
        return asked + [(self._read_stop(s.debut_at, s.fin_at, s.delai_on, ""), s.delai_on) for s in alone]

    def _read_stop(self, debut: datetime, fin: datetime | None, delai_on: date | None, motif: str) -> Arret:
        nature = Nature.INCORRECT if motif == DemandeComplement.Motif.INCORRECT else Nature.PIECES
        granted = (delai_on - self.ouverture.get_day(debut)).days if delai_on else 0
        return Arret(debut, fin, nature, granted if granted > 0 else None)


@dataclass(frozen=True)
class Prevue:
    """One date to keep, before it is a row. `debut_at`: nothing can be due before it."""

    nature: str
    debut_at: datetime
    due_at: datetime | None
    due_on: date | None
    explication: list[str]
    effet: str = ""
    base: str = ""
    is_suspendue: bool = False
    met_at: datetime | None = None


def plan_echeances(demande: Demande, contexte: Contexte, *, at: datetime) -> list[Prevue]:
    """Return the dates of the demande, engagement first. `at` dates what has just been answered."""
    answered = (demande.closed_at or at) if demande.etat in REPONDU else None
    planned = [
        _plan_engagement(demande, contexte),
        *_plan_accuses(demande, contexte),
        _plan_decision(demande, contexte),
        _plan_complement(demande, contexte),
    ]
    return [_meet(each, answered) for each in planned if each is not None]


def _meet(prevue: Prevue, answered: datetime | None) -> Prevue:
    is_answer = prevue.nature in {NatureEcheance.ENGAGEMENT, NatureEcheance.DECISION, NatureEcheance.REPONSE}
    return replace(prevue, met_at=answered) if is_answer and answered else prevue


def _plan_engagement(demande: Demande, contexte: Contexte) -> Prevue | None:
    type_ = demande.type
    if type_ is None:
        return None
    debut, place = demande.competente_at or demande.received_at, contexte.ouverture
    try:
        promesse = compute_engagement(debut, read_engagement(type_), place, arrets=contexte.list_pauses())
    except AucunJourOuvre as error:
        promesse = Promesse(None, (str(error),))
    return Prevue(
        nature=NatureEcheance.ENGAGEMENT, debut_at=debut, due_at=promesse.at,
        due_on=place.get_day(promesse.at) if promesse.at else None, explication=list(promesse.explication),
        base=f"Engagement du type «\u00a0{type_.libelle}\u00a0»",
        is_suspendue=promesse.at is None and any(s.fin_at is None for s in contexte.suspensions),
    )  # fmt: skip


def read_engagement(type_: TypeDemande) -> Duree:
    """Return what the type promises: its business minutes when it has some, else its business days."""
    if type_.engagement_minutes:
        return Duree(type_.engagement_minutes, Unite.MINUTES_OUVREES)
    return Duree(type_.engagement_jours, Unite.JOURS_OUVRES)


def _plan_accuses(demande: Demande, contexte: Contexte) -> list[Prevue]:
    """An electronic message is acknowledged, whatever it asks, save an abusive one (L112-11)."""
    is_electronic = demande.canal in ELECTRONIQUES
    if demande.is_abusive or not (is_electronic or demande.canal == Demande.Canal.TRANSFERT):
        return []
    place, valeurs = contexte.ouverture, contexte.valeurs
    seized = demande.competente_at or demande.received_at
    first, receipt = _first_of(contexte.accuses, "are", "papier"), _first_of(contexte.accuses, "aee", "are", "papier")
    are = compute_are(place.get_day(seized), place.zone, Duree(valeurs[reglages.ARE.clef], Unite.JOURS_OUVRES))
    planned = [_draw(NatureEcheance.ARE, are, seized, contexte, base="CRPA, R112-11-2", met_at=first)]
    if is_electronic:
        aee = compute_aee(place.get_day(seized), place.zone, Duree(valeurs[reglages.AEE.clef], Unite.JOURS_OUVRES))
        planned.insert(0, _draw(NatureEcheance.AEE, aee, seized, contexte, base="CRPA, R112-11-2", met_at=receipt))
    return planned


def _first_of(accuses: Mapping[str, datetime], *natures: str) -> datetime | None:
    return min((accuses[nature] for nature in natures if nature in accuses), default=None)


def _draw(nature: NatureEcheance, jalon: Jalon, debut_at: datetime, contexte: Contexte, *, base: str, effet: str = "",
          met_at: datetime | None = None, is_suspendue: bool = False) -> Prevue:  # fmt: skip
    return Prevue(
        nature=nature, debut_at=debut_at, due_at=jalon.end_at(contexte.ouverture.fuseau), due_on=jalon.jour,
        explication=list(jalon.explication), base=base, effet=effet, met_at=met_at, is_suspendue=is_suspendue,
    )  # fmt: skip


def find_nature(demande: Demande) -> str:
    """Return what kind of demande the law sees: said on the demande, else by its type."""
    if demande.nature == NatureDemande.DEMANDE and demande.type is not None:
        return str(demande.type.nature)
    return str(demande.nature)


def _plan_decision(demande: Demande, contexte: Contexte) -> Prevue | None:
    """What silence means: an implicit decision, or an answer that is simply owed."""
    nature, debut, place = find_nature(demande), demande.received_at, contexte.ouverture
    if nature == NatureDemande.RGPD:
        jalon = compute_rgpd(place.get_day(debut), place.zone, contexte.valeurs[reglages.RGPD.clef])
        return _draw(NatureEcheance.REPONSE, jalon, debut, contexte, base="RGPD, art. 12.3")
    if nature == NatureDemande.ACCESSIBILITE:
        jalon = compute_accessibilite(place.get_day(debut), contexte.valeurs[reglages.ACCESSIBILITE.clef])
        return _draw(NatureEcheance.REPONSE, jalon, debut, contexte, base="RGAA")
    regime, duree, base = read_silence(demande, nature, contexte.valeurs)
    if regime not in EFFETS:
        return None
    stops = [arret for arret, _ in contexte.list_requests()]
    options = {"zone": place.zone, "fuseau": place.fuseau, "arrets": stops}
    if regime == Regime.SVA:
        competent = place.get_day(demande.competente_at or debut)
        jalon = compute_sva(place.get_day(debut), duree, competente_on=competent, **options)  # type: ignore[arg-type]
    else:
        jalon = compute_svr(place.get_day(debut), duree, **options)  # type: ignore[arg-type]
    is_open = any(stop.fin is None for stop in stops)
    return _draw(
        NatureEcheance.DECISION, jalon, debut, contexte, base=base, effet=EFFETS[regime], is_suspendue=is_open
    )


def read_silence(demande: Demande, nature: str, valeurs: Mapping[str, int]) -> tuple[str, Duree, str]:
    """Return (regime, delay, legal basis): of the kind of demande, of its type, else two months of silence reject."""
    if nature == NatureDemande.DOCUMENT:
        return Regime.SVR, Duree(valeurs[reglages.DOCUMENT.clef], Unite.MOIS), "CRPA, R311-13"
    if nature == NatureDemande.INFORMATION:
        return Regime.AUCUN, Duree(1, Unite.MOIS), ""
    type_ = demande.type
    if type_ is None:
        return Regime.SVR, Duree(valeurs[reglages.SILENCE.clef], Unite.MOIS), SVR_BASE
    duree = Duree(type_.silence_nombre, Unite(type_.silence_unite))
    return type_.regime_silence, duree, type_.silence_base or (SVR_BASE if type_.regime_silence == "svr" else "")


def _plan_complement(demande: Demande, contexte: Contexte) -> Prevue | None:
    """The last day given to the usager to complete the file, of the last request."""
    asked = [(arret, last) for arret, last in contexte.list_requests() if last is not None]
    if not asked:
        return None
    arret, last = max(asked, key=lambda request: request[0].debut)
    jalon = Jalon(last, ("Dernier jour laissé à l'usager pour compléter sa demande.",))
    return _draw(NatureEcheance.COMPLEMENT, jalon, arret.debut, contexte, base="CRPA, L114-5", met_at=arret.fin)
