"""A message that asks for something else becomes a demande of its own."""

from datetime import datetime, timedelta

import pytest

from citoyens.models import Interaction
from collectivites.acteur import Acteur
from demandes.actions import receive_message
from demandes.actions.detachement import DetachementRefuse, split_message
from demandes.actions.fusion import merge_demandes
from demandes.models import Demande, Lien, Message, PieceJointe
from demandes.versions import ConflitVersion
from messagerie.models import Envoi


@pytest.fixture
def second(demande: Demande, by: Acteur, at: datetime) -> Message:
    """Samira also asks for something else."""
    message = receive_message(
        demande=demande, canal="courriel", texte="Et ma carte de stationnement ?", adresse="samira@exemple.fr",
        usager=demande.usager, by=by, at=at + timedelta(hours=2),
    )  # fmt: skip
    PieceJointe.objects.create(message=message, nom="carte.pdf", type_mime="application/pdf", octets=1, empreinte="a",
                               fichier="x")  # fmt: skip
    demande.refresh_from_db()
    return message


def test_it_takes_its_files_its_date_and_its_usager(
    demande: Demande, second: Message, by: Acteur, at: datetime
) -> None:
    sent = Envoi.objects.count()
    fresh = split_message(
        message=second, version=demande.version, objet="Carte de stationnement", by=by, at=at + timedelta(days=1)
    )
    assert (fresh.received_at, fresh.usager_id, fresh.domaine) == (second.at, demande.usager_id, demande.domaine)
    assert PieceJointe.objects.get().message.demande_id == fresh.pk
    assert Message.objects.filter(demande=fresh).count() == 1
    assert Lien.objects.filter(de=demande, vers=fresh).exists()
    assert Envoi.objects.count() == sent  # acknowledged once, with the mail that held both
    assert Interaction.objects.filter(objet_id=fresh.pk, genre="message").count() == 1


def test_what_was_sealed_stays_sealed(demande: Demande, second: Message, by: Acteur, at: datetime) -> None:
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    fresh = split_message(message=second, version=demande.version, objet="Autre", by=by, at=at + timedelta(days=1))
    fresh.refresh_from_db()
    assert fresh.domaine == "social"
    assert set(Interaction.objects.filter(objet_id=fresh.pk).values_list("domaine", flat=True)) == {"social"}


def test_undoing_brings_everything_back(demande: Demande, second: Message, by: Acteur, at: datetime) -> None:
    fresh = split_message(message=second, version=demande.version, objet="Autre", by=by, at=at + timedelta(days=1))
    demande.refresh_from_db()
    fresh.refresh_from_db()
    merge_demandes(conservee=demande, absorbee=fresh, version_conservee=demande.version,
                   version_absorbee=fresh.version, by=by, at=at + timedelta(days=2))  # fmt: skip
    assert set(Message.objects.filter(sens="entrant").values_list("demande_id", flat=True)) == {demande.pk}


def test_refusals(demande: Demande, second: Message, by: Acteur, at: datetime) -> None:
    first = Message.objects.filter(demande=demande, sens="entrant").order_by("at").first()
    automatic = Message.objects.filter(demande=demande, sens="sortant").first()
    assert first is not None
    assert automatic is not None
    for message, words in ((first, "a ouvert la demande"), (automatic, "reçu d'un usager")):
        with pytest.raises(DetachementRefuse, match=words):
            split_message(message=message, version=demande.version, objet="Autre", by=by, at=at)
    with pytest.raises(DetachementRefuse, match="objet"):
        split_message(message=second, version=demande.version, objet=" ", by=by, at=at)
    with pytest.raises(ConflitVersion):
        split_message(message=second, version=99, objet="Autre", by=by, at=at + timedelta(days=1))
