"""Values of what we ask of others that a collectivité may change."""

from collectivites.reglages import ReglageDeclare, declares

_LU = "2026-11-22"
_CHOIX = "Choix de conception de Guichet\u00a0: aucun texte ne fixe cette valeur."

COMPLEMENT = ReglageDeclare(
    clef="complement.delai_jours",
    libelle="Délai proposé à l'usager pour compléter sa demande",
    unite="jours",
    defaut=30,
    mini=1,
    maxi=365,
    base="CRPA, L114-5\u00a0: l'administration fixe le délai ; trente jours sont un choix de Guichet.",
    lu_on=_LU,
)
COMPLEMENT_RELANCE = ReglageDeclare(
    clef="complement.relance_jours",
    libelle="Relance de l'usager avant la fin du délai pour compléter (0\u00a0: jamais)",
    unite="jours",
    defaut=5,
    mini=0,
    maxi=60,
    base=_CHOIX,
    lu_on=_LU,
)
AVIS = ReglageDeclare(
    clef="avis.delai_jours",
    libelle="Délai proposé à un tiers pour donner son avis",
    unite="jours",
    defaut=15,
    mini=1,
    maxi=365,
    base=_CHOIX,
    lu_on=_LU,
)
AVIS_RELANCE = ReglageDeclare(
    clef="avis.relance_jours",
    libelle="Relance d'un tiers avant la date où son avis est attendu (0\u00a0: jamais)",
    unite="jours",
    defaut=3,
    mini=0,
    maxi=60,
    base=_CHOIX,
    lu_on=_LU,
)
LIEN = ReglageDeclare(
    clef="lien.jours_apres",
    libelle="Validité d'un lien de réponse après la date demandée",
    unite="jours",
    defaut=30,
    mini=0,
    maxi=365,
    base=_CHOIX,
    lu_on=_LU,
)
ENQUETE = ReglageDeclare(
    clef="satisfaction.intervalle_jours",
    libelle="Temps entre deux questions de satisfaction à la même personne",
    unite="jours",
    defaut=30,
    mini=1,
    maxi=365,
    base=_CHOIX,
    lu_on=_LU,
)
ENQUETE_LIEN = ReglageDeclare(
    clef="satisfaction.lien_jours",
    libelle="Validité du lien de la question de satisfaction",
    unite="jours",
    defaut=30,
    mini=1,
    maxi=365,
    base=_CHOIX,
    lu_on=_LU,
)


def declare_concours() -> None:
    """Add these values to the registry of legal settings."""
    for each in (COMPLEMENT, COMPLEMENT_RELANCE, AVIS, AVIS_RELANCE, LIEN, ENQUETE, ENQUETE_LIEN):
        declares.add(each.clef, each)
