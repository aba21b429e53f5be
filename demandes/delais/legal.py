"""The legal clock of the CRPA: acknowledgements, implicit decisions, appeals.

All in local days of the town. A delay that binds the administration is never postponed by a week-end or a holiday; a
« délai franc » of the usager is.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from demandes.delais.calcul import Jalon, count, tell_jour
from demandes.delais.duree import DEUX_MOIS, DIX_JOURS_OUVRES, UN_JOUR_OUVRE, UN_MOIS, Duree, Unite
from demandes.delais.jours import add_mois, list_non_ouvres, postpone
from demandes.delais.suspensions import RELANCANTES, SUSPENSIVES, Arret, merge_days

Jours = tuple[date, date | None, bool]  # asked on, ended on, starts the delay again


def compute_aee(recue_on: date, zone: str | None, duree: Duree = UN_JOUR_OUVRE) -> Jalon:
    """Return the last day of the acknowledgement of an electronic message: the next business day (R112-11-2)."""
    return _acknowledge(recue_on, zone, duree, "Accusé d'envoi électronique (CRPA, R112-11-2)")


def compute_are(saisie_on: date, zone: str | None, duree: Duree = DIX_JOURS_OUVRES) -> Jalon:
    """Return the last day of the acknowledgement of receipt: ten business days after the competent administration
    was seized (R112-11-2)."""
    return _acknowledge(saisie_on, zone, duree, "Accusé de réception électronique (CRPA, R112-11-2)")


def _acknowledge(day: date, zone: str | None, duree: Duree, titre: str) -> Jalon:
    due = duree.add_to(day, zone)
    lines = [f"Reçue le {tell_jour(day)}\u00a0: ce jour ne compte pas."]
    lines.append(f"{titre}\u00a0: {duree}.")
    if duree.unite == Unite.JOURS_OUVRES:
        lines += [f"{_capital(tell_jour(off))} férié ({name}), non compté." for off, name in
                  list_non_ouvres(day, due, zone)]  # fmt: skip
        lines.append("Samedis et dimanches non comptés\u00a0; les fermetures de la mairie ne changent rien à la loi.")
    lines.append(f"Au plus tard le {tell_jour(due)}, fin de journée.")
    return Jalon(due, tuple(lines))


def compute_svr(
    recue_on: date,
    duree: Duree = DEUX_MOIS,
    *,
    zone: str | None = None,
    fuseau: str = "Europe/Paris",
    arrets: Iterable[Arret] = (),
) -> Jalon:
    """Return the day an implicit rejection is born (L231-4): counted from the first administration that received the
    demande (L114-3), suspended from the request for documents to their receipt or the end of the delay granted."""
    stops = merge_days(arret.read_suspended_days(fuseau) for arret in arrets if arret.nature in SUSPENSIVES)
    days = [(first, last, False) for first, last in stops]
    return _let_silence(recue_on, duree, zone, days, "rejet", f"Reçue le {tell_jour(recue_on)}.")


def compute_sva(
    recue_on: date,
    duree: Duree = DEUX_MOIS,
    *,
    competente_on: date | None = None,
    zone: str | None = None,
    fuseau: str = "Europe/Paris",
    arrets: Iterable[Arret] = (),
) -> Jalon:
    """Return the day an implicit acceptance is born (L231-1): counted from the administration that is competent
    (L114-3), again in full from the receipt of the last document asked for (L114-5)."""
    stops = [arret for arret in arrets if arret.nature in SUSPENSIVES]
    restarts = [(*arret.read_days(fuseau), True) for arret in stops if arret.nature in RELANCANTES]
    waits = merge_days(arret.read_suspended_days(fuseau) for arret in stops if arret.nature not in RELANCANTES)
    days = sorted([*restarts, *((first, last, False) for first, last in waits)], key=lambda stop: stop[0])
    start = competente_on or recue_on
    lines = f"Reçue le {tell_jour(recue_on)}."
    if start != recue_on:
        lines = f"Reçue par l'administration compétente le {tell_jour(start)} (CRPA, L114-3)."
    return _let_silence(start, duree, zone, days, "acceptation", lines)


def _let_silence(
    start: date, duree: Duree, zone: str | None, stops: Sequence[Jours], sens: str, reception: str
) -> Jalon:
    due = duree.add_to(start, zone)
    lines = [reception, _tell_delay(start, duree, due)]
    for first, last, is_restart in stops:
        if first > due:
            lines.append(f"Demande à l'usager du {tell_jour(first)}\u00a0: la décision était déjà née, sans effet.")
        elif last is None:
            lines.append(_tell_open(first, is_restart=is_restart))
            return Jalon(None, tuple(lines))
        elif is_restart:
            start = max(start, last)
            due = duree.add_to(start, zone)
            lines.append(f"Dernière pièce reçue le {tell_jour(start)}\u00a0: le délai de {duree} repart de ce jour"
                         f" (CRPA, L114-5), jusqu'au {tell_jour(due)}.")  # fmt: skip
        elif days := max(0, (last - max(first, start)).days):
            due += timedelta(days=days)
            lines.append(f"Pièces demandées le {tell_jour(first)}, délai repris le {tell_jour(last)}\u00a0: suspendu "
                         f"{count(days, 'jour')} (CRPA, L114-5), jusqu'au {tell_jour(due)}.")  # fmt: skip
    lines.append(f"Sans réponse, décision implicite de {sens} le {tell_jour(due)} à 24\u00a0h.".replace(
        "de acceptation", "d'acceptation"))  # fmt: skip
    return Jalon(due, tuple(lines))


def _tell_delay(start: date, duree: Duree, due: date) -> str:
    how = ""
    if duree.unite == Unite.MOIS:
        how = ", de quantième à quantième" if due.day == start.day else ", dernier jour d'un mois plus court"
    never = "" if duree.unite == Unite.JOURS_OUVRES else " Ni week-end ni jour férié ne le reporte."
    return f"Délai de {duree}{how}\u00a0: {tell_jour(due)}.{never}"


def _tell_open(first: date, *, is_restart: bool) -> str:
    if is_restart:
        return (f"Pièces demandées le {tell_jour(first)}, pas encore reçues\u00a0: le délai repartira de leur "
                "réception, aucune acceptation ne peut naître d'ici là (CRPA, L114-5).")  # fmt: skip
    return (f"Pièces demandées le {tell_jour(first)}, sans délai fixé\u00a0: la date sera connue quand elles "
            "seront reçues.")  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def compute_recours(evenement_on: date, zone: str | None, duree: Duree = DEUX_MOIS) -> Jalon:
    """Return the last day of a contentious appeal: « délai franc » of two months, the day of the notification and the
    last one not counted, postponed to a business day (CJA, R421-1; CE 2009 n° 312682)."""
    franc = duree.add_to(evenement_on, zone) + timedelta(days=1)
    due = postpone(franc, zone)
    lines = [f"Décision du {tell_jour(evenement_on)}.", f"Délai franc de {duree}\u00a0: {tell_jour(franc)}."]
    if due != franc:
        lines.append(f"Ce jour n'est pas ouvré\u00a0: reporté au {tell_jour(due)}.")
    return Jalon(due, tuple(lines))


def compute_motifs(demandes_on: date) -> Jalon:
    """Return the day by which the reasons of an implicit rejection are owed (L232-4)."""
    return _simply(demandes_on, UN_MOIS, "Motifs demandés", "CRPA, L232-4")


def compute_documents(recue_on: date) -> Jalon:
    """Return the day a request for administrative documents is deemed refused (R311-13)."""
    return _simply(recue_on, UN_MOIS, "Reçue", "CRPA, R311-13")


def _simply(day: date, duree: Duree, verbe: str, base: str) -> Jalon:
    due = duree.add_to(day, None)
    return Jalon(due, (f"{verbe} le {tell_jour(day)}.", f"{duree} ({base})\u00a0: {tell_jour(due)}."))


def compute_notification(disponible_on: date, ouverte_on: date | None = None) -> Jalon:
    """Return the day an electronic letter is deemed notified: its first reading, else, once fifteen days have passed,
    the day it was made available (R112-20)."""
    limit = disponible_on + timedelta(days=15)
    if ouverte_on is not None and ouverte_on <= limit:
        return Jalon(ouverte_on, (f"Consultée le {tell_jour(ouverte_on)} (CRPA, R112-20).",))
    deemed = "réputée notifiée le jour de sa mise à disposition (CRPA, R112-20)"
    lines = (
        f"Mise à disposition le {tell_jour(disponible_on)}.",
        f"Pas consultée le {tell_jour(limit)}\u00a0: {deemed}.",
    )
    return Jalon(disponible_on, lines)


def compute_saisine_cada(refus_on: date) -> Jalon:
    """Return the last day to ask the CADA for its opinion after a refusal (R343-1)."""
    return Jalon(add_mois(refus_on, 2), (f"Deux mois après le refus du {tell_jour(refus_on)} (CRPA, R343-1).",))
