"""« Then »: the one vocabulary of gestures that rules, macros and bulk actions are made of.

Stored as a list of {"geste": code, "parametres": {name: text}}. A gesture is applied through the versioned actions of
demandes, said in French, checked when saved, and undone from what it changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demandes.automates import effets, reponses
from demandes.automates.choix import Noms
from demandes.automates.effets import Contexte, Parametres
from demandes.automates.textes import VARIABLES, verify_texte
from demandes.models import Demande

Action = Mapping[str, Any]
REGLE, MACRO, GROUPEE = "regle", "macro", "groupee"
PARTOUT = frozenset({REGLE, MACRO, GROUPEE})
GESTES_MAX = 12


@dataclass(frozen=True)
class Parametre:
    """One thing to choose or to write. `liste` names the choices; `vide` is the label of no choice."""

    code: str
    libelle: str
    genre: str = "liste"  # liste, texte, texte_long, nombre
    liste: str = ""
    is_requis: bool = True
    vide: str = ""
    aide: str = ""
    maxi: int = 0
    sans_contenu: bool = False


@dataclass(frozen=True)
class Geste:
    """`verbe` is what it does (« Affecter »), `fait` what was done to n demandes (« affectée{s} »)."""

    code: str
    libelle: str
    verbe: str
    fait: str
    parametres: tuple[Parametre, ...]
    appliquer: Callable[[Demande, Parametres, Contexte], Demande]
    dire: Callable[[Mapping[str, str]], str]  # from the labels of the parameters
    emplois: frozenset[str] = PARTOUT
    revient: bool = True  # an undo takes it back


def _affecter(noms: Mapping[str, str]) -> str:
    return f"affecter au service {noms['service']}" + (f", à {noms['agent']}" if noms.get("agent") else "")


def _tache(noms: Mapping[str, str]) -> str:
    days = noms.get("jours", "")
    return f"ajouter la tâche «\u00a0{noms['libelle']}\u00a0»" + (f" pour dans {days}\u00a0jours" if days else "")


def _zone(noms: Mapping[str, str]) -> str:
    return f"placer dans la zone {noms['zone']}" if noms.get("zone") else "trouver la zone d'après l'adresse"


_TEXTE = Parametre("texte", "Texte", "texte_long", maxi=2000, aide=f"Variables\u00a0: {VARIABLES}.")
_TEXTE_COURT = Parametre(
    "texte", "Texte", "texte", maxi=200, aide="Sans contenu de la demande\u00a0: {{ numero }} ou {{ service }}.",
    sans_contenu=True,
)  # fmt: skip
GESTES: dict[str, Geste] = {
    each.code: each
    for each in (
        Geste(
            "affecter", "Affecter à un service", "Affecter", "affectée{s}",
            (
                Parametre("service", "Service", liste="service"),
                Parametre("agent", "Agent", liste="agent", is_requis=False, vide="Le service décidera"),
            ),
            effets.affecter, _affecter,
        ),
        Geste(
            "affecter_secteur", "Affecter au service de la zone", "Affecter au service de la zone", "affectée{s}", (),
            effets.affecter_secteur, lambda noms: "affecter au service de la zone",
        ),
        Geste(
            "qualifier", "Qualifier", "Qualifier", "qualifiée{s}", (Parametre("type", "Type", liste="type"),),
            effets.qualifier, lambda noms: f"qualifier «\u00a0{noms['type']}\u00a0»",
        ),
        Geste(
            "prioriser", "Changer la priorité", "Changer la priorité de", "mise{s} à jour",
            (Parametre("priorite", "Priorité", liste="priorite"),),
            effets.prioriser, lambda noms: f"mettre en priorité {noms['priorite'].lower()}",
        ),
        Geste(
            "etat", "Changer l'état", "Changer l'état de", "mise{s} à jour",
            (Parametre("etat", "État", liste="etat_ouvert"),),
            effets.passer, lambda noms: f"passer à l'état «\u00a0{noms['etat']}\u00a0»",
        ),
        Geste(
            "clore", "Clore", "Clore", "close{s}", (Parametre("issue", "Issue", liste="issue"),),
            effets.clore, lambda noms: f"clore\u00a0: {noms['issue'].lower()}",
        ),
        Geste(
            "suivre", "Faire suivre par un agent", "Faire suivre", "suivie{s}",
            (Parametre("agent", "Agent", liste="agent"),),
            effets.suivre, lambda noms: f"faire suivre par {noms['agent']}",
        ),
        Geste(
            "note", "Ajouter une note interne", "Ajouter une note à", "annotée{s}", (_TEXTE,),
            effets.noter, lambda noms: f"ajouter la note «\u00a0{noms['texte']}\u00a0»", revient=False,
        ),
        Geste(
            "tache", "Ajouter une tâche", "Ajouter une tâche à", "mise{s} à jour",
            (
                Parametre("libelle", "À faire", "texte", maxi=200),
                Parametre("jours", "Dans (jours)", "nombre", is_requis=False, maxi=365),
            ),
            effets.ajouter_tache, _tache,
        ),
        Geste(
            "zone", "Placer dans une zone", "Placer dans une zone", "mise{s} à jour",
            (Parametre("zone", "Zone", liste="zone", is_requis=False, vide="D'après l'adresse"),),
            effets.situer, _zone,
        ),
        Geste(
            "notifier", "Prévenir des agents", "Prévenir des agents pour", "signalée{s}",
            (Parametre("qui", "Qui", liste="qui"), _TEXTE_COURT),
            effets.notifier, lambda noms: f"prévenir {noms['qui']}\u00a0: «\u00a0{noms['texte']}\u00a0»",
            emplois=frozenset({REGLE}), revient=False,
        ),
        Geste(
            "sujet", "Rattacher à un sujet commun", "Rattacher à un sujet commun", "rattachée{s}",
            (Parametre("sujet", "Sujet commun", liste="sujet"),),
            effets.rattacher, lambda noms: f"rattacher au sujet commun «\u00a0{noms['sujet']}\u00a0»",
        ),
        # A macro fills, an agent sends: only a rule may send, and only a declared text.
        Geste(
            "envoyer", "Envoyer un message à l'usager", "Envoyer un message pour", "relancée{s}",
            (Parametre("occasion", "Message", liste="occasion", aide="Son texte est dans «\u00a0Modèles\u00a0»."),),
            effets.envoyer, lambda noms: f"envoyer «\u00a0{noms['occasion']}\u00a0» à l'usager",
            emplois=frozenset({REGLE}), revient=False,
        ),
        # Asked only by the screen of a sujet commun, where an agent writes the answer to all.
        Geste(
            "sujet_repondre", "Répondre à tous", "Répondre à", "répondue{s}",
            (Parametre("texte", "Réponse", "texte_long"),),
            reponses.repondre, lambda noms: "envoyer la réponse du sujet commun", emplois=frozenset(), revient=False,
        ),
    )
}  # fmt: skip


def list_gestes(emploi: str) -> list[Geste]:
    """Return the gestures a rule, a macro or a bulk action may use, in the order they are offered."""
    return [each for each in GESTES.values() if emploi in each.emplois]


def apply(demande: Demande, action: Action, contexte: Contexte) -> Demande:
    """Do one gesture. Raises GesteImpossible and whatever the versioned action refuses."""
    geste = GESTES.get(action.get("geste", ""))
    if geste is None:
        raise effets.GesteImpossible("Ce geste n'existe pas.")
    return geste.appliquer(demande, action.get("parametres", {}), contexte)


def describe(action: Action, noms: Noms) -> str:
    """Say one gesture in words: « affecter au service Voirie »."""
    geste = GESTES.get(action.get("geste", ""))
    return geste.dire(_Etiquettes(geste, action, noms)) if geste else "geste inconnu"


class _Etiquettes(dict[str, str]):
    """The labels of the parameters; what was deleted since says so."""

    def __init__(self, geste: Geste, action: Action, noms: Noms) -> None:
        given: Mapping[str, str] = action.get("parametres", {})
        for each in geste.parametres:
            value = given.get(each.code, "")
            self[each.code] = noms.get(each.liste, {}).get(value, "(supprimé)") if each.liste and value else value


def describe_all(actions: Sequence[Action], noms: Noms) -> list[str]:
    """Say each gesture in words."""
    return [describe(each, noms) for each in actions]


def verify(actions: Sequence[Action], noms: Noms, *, emploi: str) -> list[str]:
    """Return what is wrong, a French sentence each; empty when the gestures can be saved."""
    if not actions:
        return ["Choisissez au moins un geste."]
    if len(actions) > GESTES_MAX:
        return [f"{GESTES_MAX}\u00a0gestes au plus."]
    return [sentence for each in actions for sentence in verify_one(each, noms, emploi=emploi)]


def verify_one(action: Action, noms: Noms, *, emploi: str) -> list[str]:
    """Return what is wrong with one gesture."""
    geste = GESTES.get(action.get("geste", ""))
    if geste is None or emploi not in geste.emplois:
        return ["Ce geste n'est pas possible ici."]
    given = action.get("parametres") or {}
    return list(_verify_parametres(geste, given, noms))


def _verify_parametres(geste: Geste, given: Mapping[str, str], noms: Noms) -> Iterable[str]:
    for each in geste.parametres:
        value = given.get(each.code, "")
        where = f"«\u00a0{geste.libelle}\u00a0», {each.libelle.lower()}\u00a0:"
        if not value:
            if each.is_requis:
                yield f"{where} à remplir."
        elif each.genre == "liste":
            if value not in noms.get(each.liste, {}):
                yield f"{where} ce choix n'existe plus."
        elif each.genre == "nombre":
            if not (value.isascii() and value.isdigit() and int(value) <= each.maxi):
                yield f"{where} un nombre de 0 à {each.maxi}."
        else:
            yield from _verify_texte(each, value, where)


def _verify_texte(parametre: Parametre, value: str, where: str) -> Iterable[str]:
    if len(value) > parametre.maxi:
        yield f"{where} {parametre.maxi}\u00a0signes au plus."
    wrong = verify_texte(value, sans_contenu=parametre.sans_contenu)
    if wrong:
        yield f"{where} {wrong}"
