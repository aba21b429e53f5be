"""The only messages a rule may send: declared occasions, whose text each town may change in « Modèles de message »."""

from datetime import datetime, timedelta
from uuid import uuid4

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from demandes.blocages import may_acknowledge
from demandes.contacts import choose_accuse, read_adresses
from demandes.courriers import build_fil, build_reference, describe_coordonnees, find_boite
from demandes.models import Demande, Message
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.destinataires import MessageRefuse
from messagerie.textes import COURRIEL, SMS, Occasion, Texte
from messagerie.textes import declare as declare_occasion
from socle.texte import truncate

NB = "\u00a0"
REPIT = timedelta(days=1)  # at most one automatic message a day for a demande, whatever the rules
_VARIABLES = {
    "collectivite": ("Nom de la collectivité", "Mairie d'Aurelle"),
    "numero": ("Numéro de la demande", "DEM-2026-0871"),
    "reference": ("Référence signée, qui ramène la réponse à la demande", "[DEM-2026-0871-3f2a9c01b7e4]"),
    "objet": ("Objet de la demande", "Lampadaire éteint rue des Tilleuls"),
    "service": ("Service chargé de la demande", "Cadre de vie"),
    "coordonnees": ("Adresse, téléphone et courriel du service", "1 place de la République, 01 99 00 12 34"),
    "code_suivi": ("Code de suivi", "QZ4K-8TTM"),
}
RELANCE = Occasion(
    code="demande.relance_usager",
    libelle="Relance de l'usager",
    explication="Envoyée par une règle quand la demande attend une réponse de l'usager.",
    variables=_VARIABLES,
    textes={
        COURRIEL: Texte(
            objet="Votre demande {{ numero }} attend votre réponse {{ reference }}",
            corps=f"Bonjour,\n\nVotre demande «{NB}{{{{ objet }}}}{NB}» attend votre réponse pour avancer.\n"
            "Répondez à ce message, ou joignez le service.\n\n{{ service }}\n{{ coordonnees }}\n\n{{ collectivite }}",
        ),
        SMS: Texte(corps="{{ collectivite }} : votre demande {{ numero }} attend votre réponse. {{ coordonnees }}"),
    },
)  # fmt: skip
NOUVELLES = Occasion(
    code="demande.nouvelles",
    libelle="Nouvelles d'une demande en cours",
    explication="Envoyée par une règle quand une demande dure\u00a0: l'usager sait qu'elle n'est pas oubliée.",
    variables=_VARIABLES,
    textes={
        COURRIEL: Texte(
            objet="Votre demande {{ numero }} est toujours suivie {{ reference }}",
            corps=f"Bonjour,\n\nVotre demande «{NB}{{{{ objet }}}}{NB}» est toujours en cours.\n"
            "Vous n'avez rien à faire\u00a0: le service vous répondra.\n\n"
            "{{ service }}\n{{ coordonnees }}\n\nCode de suivi\u00a0: {{ code_suivi }}\n\n{{ collectivite }}",
        ),
        SMS: Texte(
            corps="{{ collectivite }}\u00a0: votre demande {{ numero }} est toujours en cours. {{ coordonnees }}"
        ),
    },
)
BLOCAGE = Occasion(
    code="demande.blocage",
    libelle="Information d'un expéditeur bloqué",
    explication="La loi demande de prévenir, quand c'est possible, avant de bloquer un expéditeur (CRPA L112-11).",
    variables={
        "collectivite": ("Nom de la collectivité", "Mairie d'Aurelle"),
        "expire_le": ("Dernier jour du blocage", "mardi 24 novembre 2026"),
        "motif": ("Pourquoi", "Envois répétés sans objet"),
        "coordonnees": ("Adresse et téléphone de la collectivité", "1 place de la République, 01 99 00 12 34"),
    },
    textes={
        COURRIEL: Texte(
            objet="{{ collectivite }}\u00a0: vos messages ne feront plus l'objet d'un accusé",
            corps="Bonjour,\n\nVos envois à {{ collectivite }} ont été jugés abusifs\u00a0: {{ motif }}.\n"
            "Jusqu'au {{ expire_le }}, ils ne feront plus l'objet d'un accusé de réception "
            "(code des relations entre le public et l'administration, article L112-11).\n"
            "Vous pouvez nous écrire ou nous joindre pour contester cette décision.\n\n"
            "{{ coordonnees }}\n\n{{ collectivite }}",
        ),
    },
)
ENVOYABLES: dict[str, str] = {each.code: each.libelle for each in (RELANCE, NOUVELLES)}


class EnvoiImpossible(ValueError):
    """No automatic message may leave; `str()` says why."""


def declare_all() -> None:
    """Add the occasions to those of the town."""
    for rang, occasion in enumerate((RELANCE, NOUVELLES, BLOCAGE)):
        declare_occasion(occasion, rang=60 + rang)


def send_occasion(demande: Demande, occasion: str, *, clef: str, by: Acteur, at: datetime) -> None:
    """Queue an automatic message to the usager and write it in the conversation. Raises EnvoiImpossible.

    Never to a machine, to an abusive or blocked sender, to an address whose messages come back, nor twice a day.
    """
    town = Collectivite.objects.get(pk=get_active_id())
    received, lately = _read_passe(demande, at)
    adresse = received.adresse if received else ""
    if received is not None and received.is_automatique:
        raise EnvoiImpossible("Le dernier message reçu vient d'une machine\u00a0: on ne lui répond pas.")
    if not may_acknowledge(demande, adresse, at.date()):
        raise EnvoiImpossible("L'expéditeur est bloqué ou la demande signalée comme abusive.")
    if lately:
        raise EnvoiImpossible("Un message automatique est déjà parti depuis moins d'un jour.")
    to = choose_accuse(
        canal=demande.canal, mode_reponse=demande.mode_reponse, adresse=adresse if "@" in adresse else "",
        adresses=read_adresses(demande.usager),
    )  # fmt: skip
    if to is None or to.canal not in {COURRIEL, SMS} or (demande.usager and demande.usager.is_electronique_refuse):
        raise EnvoiImpossible("Ni courriel ni mobile connu\u00a0: le message ne peut pas partir.")
    _queue(demande, occasion, to.canal, to.valeur, town=town, clef=clef, by=by, at=at)


def _read_passe(demande: Demande, at: datetime) -> tuple[Message | None, bool]:
    messages = Message.objects.filter(demande=demande)
    received = messages.filter(sens=Message.Sens.ENTRANT).order_by("-at", "-pk").first()
    lately = messages.filter(sens=Message.Sens.SORTANT, is_automatique=True, at__gt=at - REPIT).exclude(
        expediteur_libelle__startswith="Accusé"
    )
    return received, lately.exists()


def _queue(
    demande: Demande,
    occasion: str,
    canal: str,
    valeur: str,
    *,
    town: Collectivite,
    clef: str,
    by: Acteur,
    at: datetime,
) -> None:
    is_mail = canal == COURRIEL
    fil, boite = build_fil(demande, uuid4(), automatique=True), find_boite(demande)
    try:
        envoi = queue_occasion(
            occasion=occasion, canal=canal, clef=clef, destinataire=valeur, variables=_write(demande, town),
            entetes=fil.entetes if is_mail else None, repondre_a=boite.adresse if is_mail and boite else "",
            objet_type="demande", objet_id=demande.pk, usager_id=demande.usager_id, by=by, at=at,
        )  # fmt: skip
    except MessageRefuse as refusal:
        raise EnvoiImpossible(str(refusal)) from refusal
    Message.objects.create(
        demande=demande, sens=Message.Sens.SORTANT, canal=canal, is_automatique=True, texte=envoi.corps_texte,
        expediteur_libelle=by.libelle, adresse=envoi.destinataire, envoi_id=envoi.pk,
        message_id=fil.message_id if is_mail else "", at=at,
    )  # fmt: skip
    record(
        verbe="demande.message_automatique", objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by,
        at=at, version=demande.version, canal=canal, occasion=occasion,
    )  # fmt: skip


def _write(demande: Demande, town: Collectivite) -> dict[str, str]:
    return {
        "collectivite": town.nom,
        "numero": demande.numero,
        "reference": build_reference(demande),
        "objet": truncate(demande.objet, 150),
        "service": demande.service.nom if demande.service else town.nom,
        "coordonnees": describe_coordonnees(demande.service, town),
        "code_suivi": demande.code_suivi,
    }
