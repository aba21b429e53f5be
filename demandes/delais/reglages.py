"""Values of the two clocks that a collectivité may change, with the text that founds each one."""

from collectivites.models import ReglageLegal
from collectivites.reglages import ReglageDeclare, declares

_LU = "2026-11-22"
_CHOIX = "Choix de conception de Guichet\u00a0: aucun texte ne fixe cette valeur."

AEE = ReglageDeclare(
    clef="delai.aee_jours",
    libelle="Accusé d'enregistrement d'un envoi électronique",
    unite="jours ouvrés",
    defaut=1,
    mini=1,
    maxi=1,
    base="CRPA, R112-11-2\u00a0: au plus tard un jour ouvré après la réception.",
    lu_on=_LU,
)
ARE = ReglageDeclare(
    clef="delai.are_jours",
    libelle="Accusé de réception d'un envoi électronique",
    unite="jours ouvrés",
    defaut=10,
    mini=1,
    maxi=10,
    base="CRPA, R112-11-2\u00a0: dix jours ouvrés à compter de la réception par l'administration compétente.",
    lu_on=_LU,
)
SILENCE = ReglageDeclare(
    clef="delai.silence_mois",
    libelle="Rejet implicite d'une demande dont le type est inconnu",
    unite="mois",
    defaut=2,
    mini=1,
    maxi=24,
    base="CRPA, L231-4 2° et R*231-1\u00a0: deux mois de silence valent rejet.",
    lu_on=_LU,
)
DOCUMENT = ReglageDeclare(
    clef="delai.document_mois",
    libelle="Refus implicite de communiquer un document administratif",
    unite="mois",
    defaut=1,
    mini=1,
    maxi=1,
    base="CRPA, R311-13.",
    lu_on=_LU,
)
RGPD = ReglageDeclare(
    clef="delai.rgpd_mois",
    libelle="Réponse à une personne qui exerce ses droits sur ses données",
    unite="mois",
    defaut=1,
    mini=1,
    maxi=3,
    base="RGPD, art. 12.3\u00a0; trois mois si la demande est complexe, en le disant dans le premier mois.",
    lu_on=_LU,
)
ACCESSIBILITE = ReglageDeclare(
    clef="delai.accessibilite_jours",
    libelle="Réponse à un défaut d'accessibilité signalé",
    unite="jours",
    defaut=7,
    mini=1,
    maxi=30,
    base="RGAA 4.1, obligations de la déclaration d'accessibilité.",
    lu_on=_LU,
)
TIERS = ReglageDeclare(
    clef="horloge.tiers",
    libelle="L'attente d'un tiers arrête l'engagement du service (1\u00a0: oui, 0\u00a0: non)",
    unite="oui ou non",
    defaut=1,
    mini=0,
    maxi=1,
    base=_CHOIX + " Le délai légal, lui, continue.",
    lu_on=_LU,
)
AVANT = ReglageDeclare(
    clef="rappel.avant_jours",
    libelle="Rappel à l'agent avant l'échéance de l'engagement (0\u00a0: jamais)",
    unite="jours ouvrés",
    defaut=1,
    mini=0,
    maxi=30,
    base=_CHOIX,
    lu_on=_LU,
)
APRES = ReglageDeclare(
    clef="rappel.apres_jours",
    libelle="Escalade au superviseur après l'échéance de l'engagement (0\u00a0: jamais)",
    unite="jours ouvrés",
    defaut=2,
    mini=0,
    maxi=60,
    base=_CHOIX,
    lu_on=_LU,
)
ARE_ESCALADE = ReglageDeclare(
    clef="rappel.are_jours",
    libelle="Escalade au superviseur quand l'accusé de réception n'est pas émis (0\u00a0: jamais)",
    unite="jours ouvrés",
    defaut=7,
    mini=0,
    maxi=10,
    base=_CHOIX,
    lu_on=_LU,
)


def _before(rang: int, defaut: int) -> ReglageDeclare:
    return ReglageDeclare(
        clef=f"rappel.decision_{rang}",
        libelle=f"Alerte n° {rang} avant une décision implicite ou une réponse due (0\u00a0: jamais)",
        unite="jours",
        defaut=defaut,
        mini=0,
        maxi=365,
        base=_CHOIX,
        lu_on=_LU,
    )


DECISION = tuple(_before(rang, jours) for rang, jours in ((1, 30), (2, 15), (3, 5)))
TOUS = (AEE, ARE, SILENCE, DOCUMENT, RGPD, ACCESSIBILITE, TIERS, AVANT, APRES, ARE_ESCALADE, *DECISION)


def declare_delais() -> None:
    """Add these values to the registry of legal settings."""
    for each in TOUS:
        declares.add(each.clef, each)


def read_valeurs() -> dict[str, int]:
    """Return every value of the clocks in force in the active collectivité (one query)."""
    clefs = [each.clef for each in TOUS]
    changed = dict(ReglageLegal.objects.filter(clef__in=clefs).values_list("clef", "valeur"))
    return {each.clef: changed.get(each.clef, each.defaut) for each in TOUS}
