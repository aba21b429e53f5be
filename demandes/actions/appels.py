"""Telephone calls: told by telephony or noted by an agent; tied to a person and to a demande; never backwards."""

from datetime import datetime
from typing import Any

from django.db import transaction

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent, Rattachement
from demandes.actions.echange import TexteVide, add_note, mark_read, receive_message
from demandes.appels import EN_COURS, find_people, live_calls, write_length
from demandes.models import Appel, Connecteur, Demande, Message
from journal.actions import record
from socle.direct import publish_on_commit
from socle.texte import clean

Etat = Appel.Etat
_RANG = {Etat.SONNE: 0, Etat.EN_LIGNE: 1, Etat.TERMINE: 2, Etat.MANQUE: 2}
SUJET = "appel"  # live screens: « appel » is the log, « appel:12 » the desk of agent 12


@transaction.atomic
def follow_call(
    *, connecteur: Connecteur, externe_id: str, evenement: str, numero: str, poste: str, at: datetime
) -> Appel:
    """Write what telephony says of a call: `evenement` ∈ sonne, decroche, termine; `numero` is E.164 or empty.

    Events may come twice or out of order: a call never goes back. The agent is the one of this extension.
    """
    agent = find_agent(poste)
    appel, _ = Appel.objects.select_for_update().get_or_create(
        connecteur=connecteur, externe_id=externe_id,
        defaults={"numero": numero, "poste": poste, "agent": agent, "etat": Etat.SONNE, "debut_at": at},
    )  # fmt: skip
    former = appel.agent_id
    if evenement == "decroche" or (agent is not None and appel.agent_id is None):
        appel.poste, appel.agent = poste or appel.poste, agent or appel.agent
    appel.numero = appel.numero or numero
    _advance(appel, evenement, at=at)
    if appel.usager_id is None and appel.numero:
        people = find_people({appel.numero}).get(appel.numero, [])
        appel.usager = people[0] if len(people) == 1 else None
    appel.save()
    for agent_id in {former, appel.agent_id} - {None}:
        _nudge(agent_id)
    return appel


def _advance(appel: Appel, evenement: str, *, at: datetime) -> None:
    wanted = {"decroche": Etat.EN_LIGNE, "termine": Etat.TERMINE if appel.decroche_at else Etat.MANQUE}.get(evenement)
    if wanted is None or _RANG[wanted] <= _RANG[Etat(appel.etat)]:
        return
    appel.etat = wanted
    if wanted == Etat.EN_LIGNE:
        appel.decroche_at = at
    else:
        appel.fin_at = at


def find_agent(poste: str) -> Agent | None:
    """Return the agent of this extension in the active town; None when nobody, or several, have it."""
    if not poste:
        return None
    here = Rattachement.objects.filter(collectivite_id=get_active_id(), poste=poste, is_active=True)
    rows = list(here.select_related("agent")[:2])
    return rows[0].agent if len(rows) == 1 else None


@transaction.atomic
def start_call(*, agent: Agent, at: datetime, usager: Usager | None = None, numero: str = "") -> Appel:
    """Begin to count a call the agent is taking; the one already under way is given back."""
    Agent.objects.select_for_update(no_key=True).only("pk").get(pk=agent.pk)  # two presses, one call
    under_way = live_calls(agent.pk, at=at).filter(etat=Etat.EN_LIGNE).first()
    if under_way is not None:
        return under_way
    appel = Appel.objects.create(
        agent=agent, usager=usager, numero=numero, etat=Etat.EN_LIGNE, debut_at=at, decroche_at=at
    )
    _nudge(agent.pk)
    return appel


@transaction.atomic
def end_call(*, appel: Appel, at: datetime, **liens: Any) -> Appel:
    """Stop the timer; a call already ended keeps its end. `liens`: usager, demande."""
    locked = Appel.objects.select_for_update(of=("self",)).get(pk=appel.pk)
    for name, value in liens.items():
        setattr(locked, name, value)
    if locked.etat in EN_COURS:
        locked.etat, locked.fin_at = Etat.TERMINE, at
        locked.decroche_at = locked.decroche_at or locked.debut_at
    locked.save()
    if locked.agent_id:
        _nudge(locked.agent_id)
    return locked


@transaction.atomic
def note_call(*, appel: Appel, demande: Demande, texte: str, by: Acteur, at: datetime) -> Message:
    """End the call and write what was said in the conversation of a demande, with how long it lasted.

    Raises TexteVide, FenetreDepassee.
    """
    said = clean(texte).strip()
    if not said:
        raise TexteVide
    ended = end_call(appel=appel, at=at, demande=demande, usager=appel.usager or demande.usager)
    message = receive_message(
        demande=demande, canal=Message.Canal.TELEPHONE, texte=f"{said}\n\n(Appel de {write_length(ended, at=at)}.)",
        by=by, at=at, usager=ended.usager,
    )  # fmt: skip
    mark_read(demande=demande)  # by the one who has just written it
    return message


@transaction.atomic
def settle_call(*, appel: Appel, demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    """End the call from which a demande was taken, and note in it how long it lasted."""
    ended = end_call(appel=appel, at=at, demande=demande, usager=demande.usager)
    add_note(
        demande=demande, texte=f"Demande prise au téléphone\u00a0: appel de {write_length(ended, at=at)}.", by=by,
        at=at, agent=agent,
    )  # fmt: skip


@transaction.atomic
def end_desk_call(*, agent_id: int, usager: Usager | None, at: datetime) -> Appel | None:
    """End the call under way at a desk, when what was answered is noted; None when the phone is on the hook."""
    under_way = live_calls(agent_id, at=at).filter(etat=Etat.EN_LIGNE).first()
    if under_way is None:
        return None
    return end_call(appel=under_way, at=at, **({"usager": usager} if usager else {}))


@transaction.atomic
def name_caller(*, appel: Appel, usager: Usager) -> None:
    """Say who calls."""
    Appel.objects.filter(pk=appel.pk).update(usager=usager)
    if appel.agent_id:
        _nudge(appel.agent_id)


@transaction.atomic
def mark_called_back(*, appel: Appel, by: Acteur, at: datetime) -> None:
    """Take a missed call off the list of those to call back."""
    if Appel.objects.filter(pk=appel.pk, etat=Etat.MANQUE, rappele_at__isnull=True).update(rappele_at=at):
        record(verbe="appel.rappele", objet_type="appel", objet_id=appel.pk, by=by, at=at)
        publish_on_commit(collectivite_id=get_active_id(), sujet=SUJET)


def _nudge(agent_id: int | None) -> None:
    for sujet in (SUJET, f"{SUJET}:{agent_id}"):
        publish_on_commit(collectivite_id=get_active_id(), sujet=sujet)
