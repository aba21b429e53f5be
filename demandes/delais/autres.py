"""Delays of other texts than the CRPA: personal data, accessibility, planning, civil status, elections, charters."""

from datetime import date, datetime, timedelta

from demandes.delais.calcul import Jalon, tell_jour
from demandes.delais.jours import add_mois, postpone

URBANISME_MOIS = {"dp": 1, "pcmi": 2, "pd": 2, "pc": 3}  # code de l'urbanisme, R*423-23 (fiches F17578, F1986)
SERVICES_PUBLICS_PLUS_JOURS = {"electronique": 7, "courrier": 14}  # engagement 4 of Services Publics +


def compute_rgpd(recue_on: date, zone: str | None, months: int = 1) -> Jalon:
    """Return the day a person who uses her rights must be answered: one month, three when complex (RGPD, art. 12.3);
    the last day is postponed to a business day (règlement 1182/71, art. 3)."""
    due = postpone(add_mois(recue_on, months), zone)
    rule = f"{months}\u00a0mois (RGPD, art. 12.3), reporté au premier jour ouvré"
    return Jalon(due, (f"Reçue le {tell_jour(recue_on)}.", f"{rule}\u00a0: {tell_jour(due)}."))


def compute_violation(connue_at: datetime) -> datetime:
    """Return when a personal data breach must be notified: 72 clock hours, week-ends included (RGPD, art. 33)."""
    return connue_at + timedelta(hours=72)


def compute_accessibilite(signale_on: date, jours: int = 7) -> Jalon:
    """Return the day an accessibility defect must be answered: seven days (RGAA, obligation of the statement)."""
    return _in_days(signale_on, jours, "réponse à un défaut d'accessibilité (RGAA)")


def compute_services_publics_plus(recue_on: date, canal: str) -> Jalon:
    """Return the day promised by Services Publics + (« electronique »: 7 days, « courrier »: 14). Raises KeyError."""
    return _in_days(recue_on, SERVICES_PUBLICS_PLUS_JOURS[canal], "Services Publics +, engagement 4")


def compute_inhumation(deces_on: date) -> Jalon:
    """Return the last day of a burial: fourteen calendar days after the death (décret 2024-790; CGCT, R2213-33)."""
    return _in_days(deces_on, 14, "CGCT, R2213-33")


def compute_naissance(naissance_on: date, zone: str | None) -> Jalon:
    """Return the last day to declare a birth: five days, that of the birth excluded, then the next business day when
    the fifth is a Saturday, a Sunday or a holiday (code civil, art. 55)."""
    due = postpone(naissance_on + timedelta(days=5), zone)
    rule = "5\u00a0jours (code civil, art. 55)"
    return Jalon(due, (f"Naissance le {tell_jour(naissance_on)}\u00a0: {rule}, au plus tard le {tell_jour(due)}.",))


def compute_urbanisme(depose_on: date, nature: str) -> Jalon:
    """Return the last day to decide on « dp », « pcmi », « pd » or « pc » (code de l'urbanisme, R*423-23).
    Raises KeyError."""
    return _in_months(depose_on, URBANISME_MOIS[nature], "code de l'urbanisme, R*423-23")


def compute_urbanisme_reclamation(depose_on: date) -> Jalon:
    """Return the last day to claim the missing documents of a planning file (code de l'urbanisme, R*423-38)."""
    return _in_months(depose_on, 1, "code de l'urbanisme, R*423-38")


def compute_urbanisme_pieces(reclamees_on: date) -> Jalon:
    """Return the last day to give the documents claimed (code de l'urbanisme, R*423-39)."""
    return _in_months(reclamees_on, 3, "code de l'urbanisme, R*423-39")


def compute_inscription_electorale(scrutin_on: date) -> Jalon:
    """Return the last day to register: the sixth Friday before a Sunday poll (code électoral, L17)."""
    due = scrutin_on - timedelta(days=37)
    rule = f"Sixième vendredi avant le {tell_jour(scrutin_on)} (code électoral, L17)"
    return Jalon(due, (f"{rule}\u00a0: {tell_jour(due)}.",))


def _in_days(day: date, days: int, base: str) -> Jalon:
    due = day + timedelta(days=days)
    return Jalon(due, (f"{days}\u00a0jours après le {tell_jour(day)} ({base})\u00a0: {tell_jour(due)}.",))


def _in_months(day: date, months: int, base: str) -> Jalon:
    due = add_mois(day, months)
    return Jalon(due, (f"{months}\u00a0mois après le {tell_jour(day)} ({base})\u00a0: {tell_jour(due)}.",))
