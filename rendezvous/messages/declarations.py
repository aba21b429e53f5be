"""What the messages of appointments declare to the floors below and to the events."""

from messagerie.suites import objets, retenues, suites
from rendezvous.evenements import ecouteurs
from rendezvous.messages import attente
from rendezvous.messages.ecoute import follow
from rendezvous.messages.envois import OBJET
from rendezvous.messages.occasions import declare_textes
from rendezvous.messages.suites import OBJET_LIE, follow_envoi, judge_rappel


def declare_all() -> None:
    """Add the texts, the sequel of a message, its page, what holds a reminder; listen to appointments first of all."""
    declare_textes()
    suites.add(OBJET, follow_envoi)
    retenues.add(OBJET, judge_rappel)
    objets.add(OBJET, OBJET_LIE)
    suites.add(attente.OBJET, attente.follow_place)
    retenues.add(attente.OBJET, attente.judge_place)
    objets.add(attente.OBJET, attente.OBJET_LIE)
    ecouteurs.add("messages", follow, rang=10)
