"""Writing to the usager about what we ask: through the ledger when it leaves, in the conversation always."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from citoyens.actions import record_interaction
from citoyens.models import Interaction
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent, Collectivite
from demandes.contacts import Adresse, list_destinataires, read_adresses
from demandes.courriers import build_fil, build_reference, describe_coordonnees, find_boite
from demandes.lettres.destinataire import find_adresse, name_destinataire
from demandes.lettres.ecriture import write_courrier
from demandes.models import Demande, Message
from demandes.signataires import sign
from messagerie.actions import queue_occasion
from messagerie.destinataires import MessageRefuse
from messagerie.models import Envoi
from messagerie.textes import render_occasion
from socle.texte import truncate

ECRITS = ("courriel", "sms")
NOTES = {"courrier": "Par courrier", "guichet": "Au guichet", "telephone": "Par téléphone"}


@dataclass(frozen=True)
class Canalisation:
    """One way to tell the usager: `code` is « courriel:samira@exemple.fr » or a channel that is only noted."""

    code: str
    libelle: str


def list_canaux(demande: Demande) -> list[Canalisation]:
    """Return the ways to tell the usager, the one they wish first (three queries). CRPA L112-14: a person who refuses
    electronic answers is written to on paper."""
    found = [] if _refuses(demande) else list_adresses(demande)
    found.sort(key=lambda each: each.canal != demande.mode_reponse)
    sent = [Canalisation(f"{each.canal}:{each.valeur}", f"{_NOMS[each.canal]} à {each.lisible}") for each in found]
    postale = find_adresse(read_adresses(demande.usager))
    lettre = [Canalisation("courrier", f"Lettre à imprimer, {truncate(postale, 60)}")] if postale else []
    noted = [Canalisation(code, f"{libelle} (à noter seulement)") for code, libelle in NOTES.items()]
    return sent + lettre + (noted if not postale else noted[1:])


_NOMS = {"courriel": "Courriel", "sms": "SMS"}


def list_adresses(demande: Demande) -> list[Adresse]:
    """Return the written addresses of the conversation, those that fail left out."""
    received = list(Message.objects.filter(demande=demande, sens=Message.Sens.ENTRANT).order_by("at", "pk"))
    reached = list_destinataires(demande, read_adresses(demande.usager), received)
    return [each for each in reached if each.canal in ECRITS and not each.echec]


def choose_adresse(demande: Demande) -> Adresse | None:
    """Return where the machine itself writes to the usager; None when nothing is known, or they refuse."""
    found = [] if _refuses(demande) else list_adresses(demande)
    wished = [each for each in found if each.canal == demande.mode_reponse]
    return next(iter(wished or found), None)


def _refuses(demande: Demande) -> bool:
    return demande.usager is not None and demande.usager.is_electronique_refuse


def read_canal(demande: Demande, code: str) -> Adresse:
    """Return the way chosen on a form. Raises MessageRefuse for one that is not of the conversation."""
    if code not in {each.code for each in list_canaux(demande)}:
        raise MessageRefuse("Choisissez comment prévenir l'usager dans la liste.")
    canal, _, valeur = code.partition(":")
    return Adresse(canal, valeur)


def build_commun(demande: Demande, *, by: Acteur) -> dict[str, str]:
    """Return the variables that every message about a demande has."""
    town = Collectivite.objects.get(pk=get_active_id())
    return {
        "collectivite": town.nom,
        "numero": demande.numero,
        "reference": build_reference(demande),
        "objet": truncate(demande.objet, 150),
        "coordonnees": describe_coordonnees(demande.service, town),
        "signature": sign(by, demande.service) if by.nature == "agent" else "",
    }


def tell_usager(  # noqa: PLR0913 to whom, what, by whom
    demande: Demande, to: Adresse, *, occasion: str, variables: dict[str, str], clef: str, marque: UUID,
    by: Acteur, at: datetime, is_automatique: bool = False,
) -> Message:  # fmt: skip
    """Write to the usager and in the conversation. A way that is only noted shows the text of the e-mail: it is what
    the letter or the agent says.

    `clef` names the intent in the ledger, `marque` makes the Message-ID stable. Raises MessageRefuse.
    """
    is_mail = to.canal == "courriel"
    fil = build_fil(demande, marque, automatique=is_automatique) if is_mail else None
    envoi = None
    if to.canal in ECRITS:
        boite = find_boite(demande) if is_mail else None
        envoi = queue_occasion(
            occasion=occasion, canal=to.canal, destinataire=to.valeur, variables=variables, clef=clef,
            entetes=fil.entetes if fil else None, repondre_a=boite.adresse if boite else "", objet_type="demande",
            objet_id=demande.pk, usager_id=demande.usager_id, by=by, at=at,
            voie=Envoi.Voie.RAPPEL if is_automatique else Envoi.Voie.COURANT,
        )  # fmt: skip
    message = Message.objects.create(
        demande=demande, sens=Message.Sens.SORTANT, canal=to.canal, is_automatique=is_automatique,
        texte=envoi.corps_texte if envoi else render_occasion(occasion, "courriel", variables).corps,
        expediteur_libelle=by.libelle, agent_id=by.agent_id,
        adresse=envoi.destinataire if envoi else "", envoi_id=envoi.pk if envoi else None,
        message_id=fil.message_id if fil else "", at=at,
    )  # fmt: skip
    if to.canal == "courrier":
        _post(demande, message, occasion=occasion, variables=variables, by=by)
    _add_to_timeline(demande, message, by=by)
    return message


def _post(demande: Demande, message: Message, *, occasion: str, variables: dict[str, str], by: Acteur) -> None:
    """Write the letter, to be printed with the others, when an address is known."""
    adresse = find_adresse(read_adresses(demande.usager))
    if not adresse or demande.usager is None:
        return
    texte = render_occasion(occasion, "courriel", variables | {"reference": ""})  # a paper is not replied to by mail
    write_courrier(
        demande=demande, message=message, destinataire=name_destinataire(demande.usager), adresse=adresse,
        objet=texte.objet, corps=texte.corps, agent=Agent.objects.filter(pk=by.agent_id or 0).first(), at=message.at,
    )  # fmt: skip


def _add_to_timeline(demande: Demande, message: Message, *, by: Acteur) -> None:
    if demande.usager_id is None:
        return
    record_interaction(
        usager_id=demande.usager_id, genre=Interaction.Genre.MESSAGE, sens=Interaction.Sens.SORTANT,
        canal=message.canal, domaine=demande.domaine, titre=demande.objet, resume=message.texte,
        objet_type="demande", objet_id=demande.pk, by=by, at=message.at,
    )  # fmt: skip
