"""What came otherwise than by mail or at the counter: posts, a partner's form, SMS, calls."""

import json
from datetime import timedelta
from typing import Any

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from citoyens.models import LienContact, PointContact, Usager
from collectivites.acteur import AUTOMATE
from collectivites.models import Rattachement
from demandes.actions.appels import end_call
from demandes.connecteurs import create_connecteur, note_received
from demandes.models import Appel, Connecteur, Entree
from demandes.reception.arrivee import keep_raw
from demandes.reception.traitement import process_entree

POSTES = {"claire.morvan": "101", "thomas.ferrand": "103", "ines.carpentier": "104"}
POSTS: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (6, "18:22", {"id": "p-1", "fil": "f-1", "auteur": {"id": "lea_aurelle", "nom": "Léa d'Aurelle"},
                  "texte": "Le banc du square des Tilleuls est cassé depuis dimanche, attention aux enfants.",
                  "lien": "https://reseau.exemple.fr/p-1"}),
    (5, "08:10", {"id": "p-2", "fil": "f-1", "auteur": {"id": "lea_aurelle", "nom": "Léa d'Aurelle"},
                  "texte": "Toujours pas réparé ce matin."}),
    (2, "12:47", {"id": "p-3", "fil": "f-2", "auteur": {"id": "m.kader", "nom": "Mehdi K."},
                  "texte": "Est-ce que la piscine rouvre pendant les vacances ?"}),
)  # fmt: skip
FORMULAIRE = {
    "id": "office-31", "genre": "formulaire", "objet": "Repas des aînés",
    "auteur": {"id": "31", "nom": "Jeanne Kervella", "courriel": "jeanne.kervella@exemple.fr"},
    "texte": "Inscription de deux personnes au repas des aînés, par l'office des retraités.",
}  # fmt: skip
SMS = (
    (3, "17:05", "Bonjour, le conteneur de tri de la rue du Port déborde"),
    (1, "09:31", "Bonjour, où en est mon dossier ?"),
)
# days ago, hour, seconds before an answer (None: nobody took it), seconds spoken, called back
APPELS: tuple[tuple[int, str, int | None, int, bool], ...] = (
    (3, "09:12", 9, 214, False), (3, "10:41", 4, 93, False), (2, "08:55", None, 0, True), (2, "14:20", 12, 405, False),
    (1, "09:03", 6, 178, False), (1, "11:27", None, 0, False), (1, "15:44", 8, 61, False),
    (0, "08:36", None, 0, False),
)  # fmt: skip


def open_channels(ville: Ville, *, horloge: Horloge) -> int:
    """Plug the connectors of Aurelle and replay what they brought; return how many demandes were opened."""
    if ville.demo.slug != "aurelle":
        return 0
    at = horloge.ago(30, "10:00")
    reseau, _ = create_connecteur(genre="reseau", libelle="Page de la ville", by=AUTOMATE, at=at)
    office, _ = create_connecteur(genre="reseau", libelle="Office des retraités", by=AUTOMATE, at=at)
    standard, _ = create_connecteur(genre="cti", libelle="Standard", by=AUTOMATE, at=at)
    for jours, heure, post in POSTS:
        _receive(ville, post, Entree.Canal.RESEAU, jours, heure, horloge=horloge, connecteur=reseau)
    _receive(ville, FORMULAIRE, Entree.Canal.FORMULAIRE, 4, "10:15", horloge=horloge, connecteur=office)
    people = _reached_by_mobile(len(SMS) + 3)
    for (jours, heure, texte), (_, numero) in zip(SMS, people, strict=False):
        _receive(ville, {"id": heure, "de": numero, "texte": texte}, Entree.Canal.SMS, jours, heure, horloge=horloge)
    _ring(ville, standard, people, horloge=horloge)
    return 5


def _receive(
    ville: Ville, contenu: dict[str, Any], canal: str, jours: int, heure: str, *, horloge: Horloge,
    connecteur: Connecteur | None = None,
) -> None:  # fmt: skip
    at = horloge.ago(jours, heure, ouvre=False)
    entree = keep_raw(
        brut=json.dumps(contenu, ensure_ascii=False).encode(), collectivite_id=ville.collectivite.pk, canal=canal,
        externe_id=f"demo:{contenu['id']}", connecteur_id=connecteur.pk if connecteur else None, at=at,
    )  # fmt: skip
    process_entree(collectivite_id=ville.collectivite.pk, entree_id=entree.pk, at=at + timedelta(seconds=3))
    if connecteur:
        note_received(connecteur, at=at)


def _reached_by_mobile(combien: int) -> list[tuple[Usager, str]]:
    """The first usagers who have a mobile of their own."""
    links = LienContact.objects.filter(point__nature=PointContact.Nature.MOBILE).select_related("usager", "point")
    owned: dict[str, list[Usager]] = {}
    for link in links.order_by("usager_id"):
        owned.setdefault(link.point.normalisee, []).append(link.usager)
    return [(people[0], numero) for numero, people in owned.items() if len(people) == 1][:combien]


def _ring(ville: Ville, standard: Connecteur, people: list[tuple[Usager, str]], *, horloge: Horloge) -> None:
    """The calls of the last days, spread over the desks; missed ones wait to be called back."""
    for clef, poste in POSTES.items():
        Rattachement.objects.filter(collectivite=ville.collectivite, agent=ville.agents[clef]).update(poste=poste)
    desks = list(POSTES.items())
    for rang, (jours, heure, attente, duree, rappele) in enumerate(APPELS):
        (clef, poste), (usager, numero) = desks[rang % len(desks)], people[rang % len(people)]
        at = horloge.ago(jours, heure)
        taken = None if attente is None else at + timedelta(seconds=attente)
        appel = Appel.objects.create(
            connecteur=standard, externe_id=f"demo-{rang}", numero=numero, poste=poste, agent=ville.agents[clef],
            usager=usager, etat="manque" if taken is None else "en_ligne", debut_at=at, decroche_at=taken,
            fin_at=at + timedelta(seconds=25) if taken is None else None,
            rappele_at=at + timedelta(hours=1) if rappele else None,
        )  # fmt: skip
        if taken is not None:
            end_call(appel=appel, at=taken + timedelta(seconds=duree))
    note_received(standard, at=horloge.ago(APPELS[-1][0], APPELS[-1][1]))
