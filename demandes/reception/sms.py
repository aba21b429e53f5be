"""An SMS received: the number is the author; it goes on with the open demande we last wrote to by SMS.

STOP asks that no more SMS be sent to a number, START takes it back (AF2M's charter, CPCE L34-5): words alone, no
demande. Whatever the gateway, the entry is `{"id", "de", "texte"}`.
"""

import re
from datetime import datetime

from citoyens.actions import refuse_sms
from demandes.models import Entree
from demandes.reception.ecrits import Ecrit, EcritIllisible, read_numero, read_object, take_text
from demandes.reception.suite import sort_ecrit
from demandes.reception.verdict import Lecture, Verdict, set_aside
from socle.telephone import show_numero
from socle.texte import normalise, truncate

SMS_MAX = 2_000  # characters: thirteen concatenated SMS
_STOP = re.compile(r"(?:stop|arret)(?: sms)?(?: au \d+)?")
_START = re.compile(r"(?:start|reprendre|reprise)(?: sms)?")
_SERVICE = re.compile(r"\+?\d{3,6}")  # short numbers of operators and services


def read_sms(entree: Entree, brut: bytes, collectivite_id: int, at: datetime) -> Lecture:
    """Understand an SMS; a sender that is no number, or a short one, is a machine's."""
    try:
        ecrit = parse_sms(brut)
    except EcritIllisible as error:
        phrase = str(error)
        return Lecture("", "", lambda: set_aside(f"SMS illisible. {phrase}"))
    if not ecrit.telephone:
        motif = f"SMS d'un expéditeur auquel on ne peut pas répondre («\u00a0{ecrit.adresse}\u00a0»)."
        return Lecture(ecrit.adresse, ecrit.objet, lambda: set_aside(motif, Entree.Issue.AUTOMATIQUE))
    said = normalise(ecrit.texte)
    if _STOP.fullmatch(said) or _START.fullmatch(said):
        stop = bool(_STOP.fullmatch(said))
        return Lecture(ecrit.adresse, ecrit.objet, lambda: _obey(ecrit.adresse, stop=stop, at=at))
    return Lecture(ecrit.adresse, ecrit.objet, lambda: sort_ecrit(entree, ecrit, at=at))


def parse_sms(brut: bytes) -> Ecrit:
    """Read `{"id", "de", "texte"}`; `adresse` is E.164, or what the operator wrote. Raises EcritIllisible."""
    lu = read_object(brut)
    de = take_text(lu, "de", longueur=40, obligatoire=True)
    texte = take_text(lu, "texte", longueur=SMS_MAX, obligatoire=True)
    numero = "" if _SERVICE.fullmatch(de) else read_numero(de)
    return Ecrit(
        canal=Entree.Canal.SMS,
        auteur=numero or de,
        adresse=numero or de,
        nom=show_numero(numero) if numero else de,
        texte=texte,
        objet=truncate(" ".join(texte.split()), 80),
        telephone=numero,
    )


def _obey(numero: str, *, stop: bool, at: datetime) -> Verdict:
    word = "STOP" if stop else "START"
    if not refuse_sms(normalisee=numero, is_refused=stop, at=at):
        return Verdict(Entree.Issue.AUTOMATIQUE, f"{word} d'un numéro que personne ne porte.")
    motif = (
        "STOP\u00a0: plus aucun SMS ne part de lui-même vers ce numéro."
        if stop
        else "START\u00a0: les SMS reprennent."
    )
    return Verdict(Entree.Issue.AUTOMATIQUE, motif)
