"""« Voici le lien pour prendre rendez-vous »: an invitation sent to somebody known, by the way that reaches them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from citoyens.actions import record_interaction
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from demandes.contacts import read_adresses
from demandes.courriers import show_telephone
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.models import Envoi
from messagerie.textes import COURRIEL, SMS
from rendezvous.invitations import DUREE, build_lien_invitation
from rendezvous.messages.contenu import NB, NOM_SMS
from rendezvous.models import Motif
from rendezvous.reservation.refus import RendezVousRefuse
from socle.texte import truncate

OBJET = "invitation_rendezvous"


@transaction.atomic
def send_invitation(*, motif: Motif, usager: Usager, clef: UUID, by: Acteur, at: datetime) -> Envoi:
    """Send one invitation, by e-mail else by SMS; the same `clef` again sends none more. Raises RendezVousRefuse."""
    if motif.reservable_par == Motif.Reservable.AGENTS or not motif.is_active:
        raise RendezVousRefuse("Ce motif ne se prend pas par un lien\u00a0: seuls les agents le réservent.")
    canal, destinataire = _find_voie(usager)
    envoi = queue_occasion(
        occasion="rendezvous.invitation", canal=canal, destinataire=destinataire,
        variables=_build_variables(motif, usager, canal), clef=f"rdv-invitation:{clef}", objet_type=OBJET,
        objet_id=motif.pk, usager_id=usager.pk, by=by, at=at,
        repondre_a=motif.service.courriel if canal == COURRIEL and not motif.is_sensible else "",
    )  # fmt: skip
    if envoi.created_at == at:
        _leave_traces(motif, usager, canal, by=by, at=at)
    return envoi


def _find_voie(usager: Usager) -> tuple[str, str]:
    """An address that works, e-mail first. Who refuses electronic answers (CRPA L112-14) gets none."""
    if usager.is_electronique_refuse:
        raise RendezVousRefuse("Cette personne ne veut pas de message électronique\u00a0: prenez le rendez-vous ici.")
    known = [each for each in read_adresses(usager) if not each.echec]
    for canal in (COURRIEL, SMS):
        found = next((each.valeur for each in known if each.canal == canal), "")
        if found:
            return canal, found
    raise RendezVousRefuse("Ni courriel ni mobile connu\u00a0: ajoutez-le à sa fiche, ou prenez le rendez-vous ici.")


def _build_variables(motif: Motif, usager: Usager, canal: str) -> dict[str, str]:
    town = Collectivite.objects.get(pk=get_active_id())
    phone = (town if motif.is_sensible else motif.service).telephone or town.telephone
    return {
        "collectivite": truncate(town.nom, NOM_SMS) if canal == SMS else town.nom,
        "usager": str(usager),
        "motif": motif.nom_message,
        "lien": build_lien_invitation(motif, usager),
        "validite": f"{DUREE.days}{NB}jours",
        "contact": f"Une question{NB}? Appelez le {show_telephone(phone)}." if phone else "",
    }


def _leave_traces(motif: Motif, usager: Usager, canal: str, *, by: Acteur, at: datetime) -> None:
    record(
        verbe="rendezvous.invite", objet_type="usager", objet_id=usager.pk, libelle=motif.libelle, by=by, at=at,
        motif=motif.pk, canal=canal,
    )  # fmt: skip
    record_interaction(
        usager_id=usager.pk, genre=Interaction.Genre.RENDEZVOUS, sens=Interaction.Sens.SORTANT, canal=canal,
        domaine=motif.service.domaine, titre=f"Lien envoyé pour prendre rendez-vous{NB}: {motif.libelle}",
        objet_type=OBJET, objet_id=motif.pk, by=by, at=at,
    )  # fmt: skip
