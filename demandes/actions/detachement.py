"""A message that asks for something else becomes a demande of its own, with its files."""

from datetime import datetime

from django.db import transaction

from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from demandes.actions.ouverture import OBJET_MAX, insert_demande
from demandes.actions.traitement import write
from demandes.models import Demande, Lien, Message
from demandes.versions import DemandeFusionnee
from socle.texte import clean, truncate


class DetachementRefuse(ValueError):
    """This message can't be detached; the sentence says why."""


@transaction.atomic
def split_message(*, message: Message, version: int, objet: str, by: Acteur, at: datetime) -> Demande:
    """Open a demande with this message, received when it was, linked to the first; nothing is acknowledged again.

    It keeps the service and the domain (a sealed one stays sealed) and waits to be qualified. Undoing it is merging
    the new demande back. Raises DetachementRefuse, ConflitVersion, DemandeFusionnee.
    """
    origine = Demande.objects.for_fiche().select_for_update(no_key=True, of=("self",)).get(pk=message.demande_id)
    if origine.fusionnee_dans_id is not None:
        raise DemandeFusionnee
    _verify(message, objet)
    usager = Usager.objects.filter(pk=message.usager_id).first() if message.usager_id else None
    title = truncate(clean(objet), OBJET_MAX)
    fresh = Demande(
        objet=title, description=message.texte, canal=message.canal, mode_reponse=origine.mode_reponse,
        service=origine.service, usager=usager, received_at=message.at, created_at=at, last_message_at=message.at,
    )  # fmt: skip
    insert_demande(fresh, message, by=by, at=at)
    _keep_sealed(fresh, origine)
    _move_timeline(message, origine, fresh)
    Lien.objects.create(de=origine, vers=fresh, genre=Lien.Genre.LIE, par_id=by.agent_id, at=at)
    write(origine, version, "demande.message_detache", by=by, at=at, details={"numero": fresh.numero})
    return fresh


def _verify(message: Message, objet: str) -> None:
    if not clean(objet).strip():
        raise DetachementRefuse("Donnez un objet à la nouvelle demande.")
    if message.sens != Message.Sens.ENTRANT or message.is_automatique:
        raise DetachementRefuse("Seul un message reçu d'un usager peut devenir une demande.")
    received = Message.objects.filter(demande_id=message.demande_id, sens=Message.Sens.ENTRANT, is_automatique=False)
    first = received.order_by("at", "pk").values_list("pk", flat=True).first()
    if first == message.pk:
        raise DetachementRefuse("Ce message a ouvert la demande\u00a0: détachez plutôt un message suivant.")


def _keep_sealed(fresh: Demande, origine: Demande) -> None:
    """What was said under a seal stays under it, whatever the service alone would say."""
    Demande.objects.filter(pk=fresh.pk).update(domaine=origine.domaine)
    Interaction.objects.filter(objet_type="demande", objet_id=fresh.pk).update(domaine=origine.domaine)
    fresh.domaine = origine.domaine


def _move_timeline(message: Message, origine: Demande, fresh: Demande) -> None:
    """The row of the message in the usager's timeline leads to its new demande."""
    rows = Interaction.objects.filter(
        objet_type="demande", objet_id=origine.pk, genre=Interaction.Genre.MESSAGE, sens=message.sens, at=message.at
    )
    rows.update(objet_id=fresh.pk, domaine=fresh.domaine)
