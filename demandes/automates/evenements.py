"""Rules that answer what happened: every line of the journal they wait for runs them once.

The journal is the queue: a sweep reads the lines of the last day that have no line in `ExecutionRegle` yet, so nothing
is lost when a worker or Redis dies, and two sweeps at once run a fact once (the demande is locked, the log is read).
A rule never answers what it caused itself.
"""

from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from collectivites.cloison import collectivite_active
from demandes.automates.conditions import matches
from demandes.automates.execution import Resultat, log, name_correlation, run, was_run
from demandes.automates.faits import load_faits
from demandes.models import Demande, ExecutionRegle, RegleAutomate
from journal.models import Evenement

EVENEMENTS = {
    "demande.message_recu": "Un message de l'usager arrive",
    "demande.reponse": "Un agent a répondu",
    "demande.qualifiee": "La demande est qualifiée",
    "demande.affectee": "La demande est affectée",
    "demande.etat": "L'état change",
    "demande.priorisee": "La priorité change",
    "demande.note": "Une note interne est ajoutée",
    "demande.close": "La demande est close",
    "demande.rouverte": "La demande est rouverte",
    "demande.non_remis": "Un de nos messages n'a pas été remis",
    "demande.identifiee": "L'usager est identifié",
}
RATTRAPAGE = timedelta(days=1)  # how long an outage may last before a fact is left to humans
PAR_PASSAGE = 500
Fait = tuple[datetime, int, int, str]  # instant, line of the journal, demande, verb


def run_evenements(*, collectivite_id: int, at: datetime) -> int:
    """Answer what happened in a town; returns the number of lines read. One transaction a line of the journal."""
    with collectivite_active(collectivite_id):
        facts = _list_waiting(at)
    for _, ligne, demande_id, verbe in facts:
        with collectivite_active(collectivite_id):
            _answer(ligne, demande_id, verbe, at=at)
    return len(facts)


def _list_waiting(at: datetime) -> list[Fait]:
    """Lines of the journal that some rule has not read yet, oldest first, each once."""
    found = {fact for regle in _load_regles() for fact in _list_for(regle, at)}
    return [key for key, _ in groupby(sorted(found))][:PAR_PASSAGE]


def _load_regles(verbe: str = "") -> list[RegleAutomate]:
    active = RegleAutomate.objects.filter(declencheur=RegleAutomate.Declencheur.EVENEMENT, is_active=True)
    return list((active.filter(evenement=verbe) if verbe else active).order_by("ordre", "pk"))


def _list_for(regle: RegleAutomate, at: datetime) -> list[Fait]:
    since = max(regle.active_since or at, at - RATTRAPAGE)
    lines = Evenement.objects.filter(objet_type="demande", verbe=regle.evenement, at__gte=since)
    clef = Concat(Value("evenement:"), Cast("pk", CharField()), output_field=CharField())
    read = ExecutionRegle.objects.filter(regle=regle, demande=OuterRef("objet_id"), clef=OuterRef("clef"))
    waiting = lines.annotate(clef=clef).filter(~Exists(read)).exclude(details__contains={"automatique": True})
    rows = waiting.exclude(correlation=name_correlation(regle)).order_by("at", "pk")
    return list(rows.values_list("at", "pk", "objet_id", "verbe")[:PAR_PASSAGE])


def _answer(ligne: int, demande_id: int, verbe: str, *, at: datetime) -> None:
    """Run the rules of this verb on one fact, in order; what did not match is written down too: it is read once."""
    demande = Demande.objects.select_for_update(no_key=True).filter(pk=demande_id).first()
    if demande is None:
        return
    fact = Evenement.objects.only("at", "correlation").get(pk=ligne)
    clef, stopped = f"evenement:{ligne}", ""
    for regle in _load_regles(verbe):
        is_mine = fact.correlation == name_correlation(regle) or fact.at < (regle.active_since or at)
        if is_mine or was_run(regle, demande, clef):
            continue
        row, faits = load_faits([demande.pk], at=at)[demande.pk]
        if stopped or not matches(regle.conditions, faits):
            raison = f"Arrêtée par «\u00a0{stopped}\u00a0»." if stopped else "Conditions non remplies."
            log(regle, demande, clef, Resultat.SANS_EFFET, at=at, raison=raison)
            continue
        run(regle, row, clef=clef, at=at)
        stopped = regle.libelle if regle.is_finale else ""
