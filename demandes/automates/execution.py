"""Running one rule on one demande for one fact: once, in its own savepoint, watched for loops, always told.

The log `ExecutionRegle` is written in the transaction of the effect; its key (rule, demande, fact) makes a fact run a
rule once, whatever the number of workers. The caller holds the lock of the demande.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.urls import reverse

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite, Rattachement
from collectivites.permissions import Role
from demandes.automates.application import REFUS, Application, apply_all, tell_refus
from demandes.automates.effets import Contexte
from demandes.models import Demande, ExecutionRegle, Notification, RegleAutomate
from demandes.travail.notifications import notify_many
from demandes.versions import ConflitVersion
from journal.actions import record
from socle.traces import correlation

Resultat = ExecutionRegle.Resultat
FENETRE = timedelta(hours=1)
PAR_REGLE = 5  # runs of one rule on one demande in an hour: no honest rule needs a sixth
PAR_DEMANDE = 30  # runs of all rules on one demande in an hour: several rules that call each other
logger = logging.getLogger(__name__)
_en_cours: ContextVar[bool] = ContextVar("regle_en_cours", default=False)


def is_running() -> bool:
    """True inside the effect of a rule: what it does starts no other rule at once."""
    return _en_cours.get()


def name_acteur(regle: RegleAutomate) -> Acteur:
    """Return the rule as the one who acts: « Règle « Lampadaires » »."""
    return Acteur(nature=AUTOMATE.nature, libelle=f"Règle «\u00a0{regle.libelle}\u00a0»")


def name_correlation(regle: RegleAutomate) -> str:
    """Return what marks every line of the journal that a rule causes: a rule never answers its own effect."""
    return f"regle:{regle.pk}"


def was_run(regle: RegleAutomate, demande: Demande, clef: str) -> bool:
    """True when this fact already ran this rule (one query)."""
    return ExecutionRegle.objects.filter(regle=regle, demande=demande, clef=clef).exists()


@contextmanager
def _running(regle: RegleAutomate) -> Iterator[None]:
    inside, told = _en_cours.set(True), correlation.set(name_correlation(regle))
    try:
        yield
    finally:
        _en_cours.reset(inside)
        correlation.reset(told)


def run(regle: RegleAutomate, demande: Demande, *, clef: str, at: datetime) -> Demande:
    """Do the gestures of a rule and log the run; an error is written down and stops nothing else.

    A rule that turns in circles is suspended and the administrators told. Returns the demande as it is now.
    """
    if turns_in_circles(regle, demande, at=at):
        _suspend(regle, demande, clef=clef, at=at)
        return demande
    contexte = Contexte(by=name_acteur(regle), at=at, clef=f"regle:{regle.pk}:{demande.pk}:{clef}")
    try:
        with _running(regle), transaction.atomic():
            done = apply_all(demande, regle.actions, contexte)
    except OperationalError:  # a deadlock, a connection lost: the fact has not run, the next sweep tries again
        raise
    except (*REFUS, ConflitVersion) as refusal:
        log(regle, demande, clef, Resultat.ERREUR, at=at, raison=tell_refus(refusal))
        return demande
    except Exception as error:
        logger.exception("règle en erreur", extra={"regle": regle.pk})
        log(regle, demande, clef, Resultat.ERREUR, at=at, raison=tell_refus(error))
        return demande
    log(regle, demande, clef, _judge(done, regle), at=at, avant=done.avant)
    return done.demande


def _judge(done: Application, regle: RegleAutomate) -> str:
    """A note, a message, a notification leave no trace on the row: they are an effect all the same."""
    tells = any(each.get("geste") in {"note", "notifier", "envoyer"} for each in regle.actions)
    return Resultat.APPLIQUEE if done.is_changed or tells else Resultat.SANS_EFFET


def log(regle: RegleAutomate, demande: Demande, clef: str, resultat: str, *, at: datetime, **details: Any) -> None:
    """Write one line of the log."""
    ExecutionRegle.objects.create(
        regle=regle, demande=demande, clef=clef, resultat=resultat, at=at, details=details
    )  # fmt: skip


def turns_in_circles(regle: RegleAutomate, demande: Demande, *, at: datetime) -> bool:
    """True when this demande has already been run too often within the hour (one query)."""
    done = ExecutionRegle.objects.filter(demande=demande, at__gt=at - FENETRE, resultat=Resultat.APPLIQUEE)
    runs = list(done.values_list("regle_id", flat=True)[:PAR_DEMANDE])
    return runs.count(regle.pk) >= PAR_REGLE or len(runs) >= PAR_DEMANDE


def _suspend(regle: RegleAutomate, demande: Demande, *, clef: str, at: datetime) -> None:
    """Put the rule out of service; the demande stays as it is, for a human."""
    log(regle, demande, clef, Resultat.BOUCLE, at=at)
    regle.is_active = False
    if not RegleAutomate.objects.filter(pk=regle.pk, is_active=True).update(is_active=False, active_since=None):
        return
    record(verbe="regle.suspendue", objet_type="regle", objet_id=regle.pk, libelle=regle.libelle, by=AUTOMATE, at=at)
    town = Collectivite.objects.get(pk=get_active_id())
    admins = Rattachement.objects.filter(
        collectivite=town, is_active=True, agent__is_active=True, roles__contains=[Role.ADMINISTRATEUR.value]
    )
    notify_many(
        admins.values_list("agent_id", flat=True), Notification.Genre.TRAVAIL,
        f"La règle «\u00a0{regle.libelle}\u00a0» tournait en rond\u00a0: elle est suspendue.",
        clef=f"regle:{regle.pk}:boucle:{at:%Y-%m-%dT%H:%M:%S}", at=at,
        lien=reverse("demandes:regle", args=[town.slug, regle.pk]),
    )  # fmt: skip
