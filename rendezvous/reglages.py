"""Values of appointments that a collectivité may change. None is fixed by a text: each says so."""

from collectivites.reglages import ReglageDeclare, declares

CHOIX = "Choix de conception de Guichet\u00a0: aucun texte ne fixe cette valeur."
LU_ON = "2026-11-22"


def _write(
    clef: str, libelle: str, unite: str, *, defaut: int, mini: int, maxi: int, base: str = CHOIX
) -> ReglageDeclare:
    return ReglageDeclare(
        clef=clef, libelle=libelle, unite=unite, defaut=defaut, mini=mini, maxi=maxi, base=base, lu_on=LU_ON
    )


RETENUE = _write(
    "rendezvous.retenue_minutes", "Durée pendant laquelle un créneau choisi est retenu", "minutes",
    defaut=10, mini=3, maxi=30,
)  # fmt: skip
RETENUES_PAR_ADRESSE = _write(
    "rendezvous.retenues_par_adresse", "Créneaux retenus à la fois depuis une même connexion", "créneaux",
    defaut=8, mini=1, maxi=90,
)  # fmt: skip
RETENUES_PART_JOUR = _write(
    "rendezvous.retenues_part_jour", "Part d'un jour retenue depuis une même connexion", "pour cent",
    defaut=30, mini=5, maxi=100,
)  # fmt: skip
RETENUE_SUIVANTE = _write(
    "rendezvous.retenue_suivante_minutes", "Retenue sans code demandé, dès le deuxième créneau d'une connexion",
    "minutes", defaut=5, mini=2, maxi=30,
)  # fmt: skip
RAPPEL = _write("rendezvous.rappel_jours", "Rappel avant le rendez-vous", "jours", defaut=2, mini=1, maxi=7)
SILENCE_DEBUT = _write(
    "rendezvous.silence_debut", "Aucun message à partir de", "heure du lieu", defaut=21, mini=18, maxi=23
)
SILENCE_FIN = _write(
    "rendezvous.silence_fin", "Messages de nouveau à partir de", "heure du lieu", defaut=8, mini=6, maxi=10
)
LIEN = _write(
    "rendezvous.lien_heures", "Durée du lien de gestion après le rendez-vous", "heures", defaut=24, mini=1, maxi=168
)
TRAJET = _write("rendezvous.trajet_minutes", "Trajet entre lieux, à défaut", "minutes", defaut=15, mini=0, maxi=180)
PLUS_TOT_JOURS = _write(
    "rendezvous.plus_tot_jours", "Créneau plus tôt proposé si le rendez-vous est à plus de", "jours",
    defaut=7, mini=2, maxi=60,
)  # fmt: skip
ATTENTE_JOURS = _write(
    "rendezvous.attente_jours", "Durée d'une inscription en attente d'un créneau, sans date limite", "jours",
    defaut=60, mini=7, maxi=180,
)  # fmt: skip
COUT_SMS = _write(
    "rendezvous.cout_sms", "Coût d'un SMS, par segment", "dix-millièmes d'euro", defaut=450, mini=0, maxi=5000
)
SEUIL_CRENEAUX = _write(
    "rendezvous.seuil_creneaux", "Avertir quand il reste moins de créneaux pour un motif", "créneaux",
    defaut=10, mini=1, maxi=200,
)  # fmt: skip
REGLAGES = (
    RETENUE, RETENUES_PAR_ADRESSE, RETENUES_PART_JOUR, RETENUE_SUIVANTE,
    RAPPEL, SILENCE_DEBUT, SILENCE_FIN, LIEN, TRAJET, PLUS_TOT_JOURS, ATTENTE_JOURS, COUT_SMS, SEUIL_CRENEAUX,
)  # fmt: skip


def declare_all() -> None:
    """Fill the registry of settings."""
    for reglage in REGLAGES:
        declares.add(reglage.clef, reglage)
