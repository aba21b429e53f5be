"""Merging two demandes: what moves, what is refused, what leads where; undoing it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.apps import apps

from citoyens.actions import Contact, create_usager
from citoyens.models import Interaction
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Agent, Service
from demandes.actions import add_note, close, receive_message, reopen
from demandes.actions.fusion import DEPLACEES, RESTENT, FusionRefusee, merge_demandes, undo_merge
from demandes.models import Abonnement, Demande, Fusion, Lien, Message, PartieDemande, Tache
from demandes.recherche import search_demandes
from demandes.suivi.clefs import find_demande, read_passe, sign_passe
from demandes.travail.abonnes import follow
from demandes.travail.fusionnees import find_kept
from demandes.travail.liens import tie
from demandes.travail.taches import add_tache
from demandes.versions import ConflitVersion, DemandeFusionnee
from tests.demandes.conftest import Ouvrir


@pytest.fixture
def autre(ouvrir: Ouvrir, at: datetime) -> Demande:
    return ouvrir(objet="Toujours pas de lumière", description="Le réverbère est encore en panne.")


def merge(conservee: Demande, absorbee: Demande, by: Acteur, at: datetime) -> Fusion:
    for each in (conservee, absorbee):
        each.refresh_from_db()
    return merge_demandes(
        conservee=conservee, absorbee=absorbee, version_conservee=conservee.version,
        version_absorbee=absorbee.version, by=by, at=at,
    )  # fmt: skip


def test_everything_moves_and_the_other_closes_as_a_duplicate(
    demande: Demande, autre: Demande, agent: Agent, collegue: Agent, by: Acteur, at: datetime
) -> None:
    add_note(demande=autre, texte="Armoire vérifiée.", by=by, at=at, agent=agent)
    add_tache(demande=autre, libelle="Appeler", agent=None, due_on=None, clef=uuid4(), by=by, at=at)
    follow(demande=autre, agent=collegue, at=at)
    follow(demande=demande, agent=agent, at=at)
    follow(demande=autre, agent=agent, at=at)
    merge(demande, autre, by, at + timedelta(hours=1))
    autre.refresh_from_db()
    assert (autre.etat, autre.issue, autre.fusionnee_dans_id) == ("close", "doublon", demande.pk)
    assert not Message.objects.filter(demande=autre).exists()
    assert Message.objects.filter(demande=demande, texte="Armoire vérifiée.").count() == 1
    assert Tache.objects.get().demande_id == demande.pk
    assert sorted(Abonnement.objects.filter(demande=demande).values_list("agent_id", flat=True)) == sorted(
        [agent.pk, collegue.pk]
    )
    assert set(Interaction.objects.values_list("objet_id", flat=True)) == {demande.pk}
    assert PartieDemande.objects.filter(demande=demande).count() == 1


def test_its_words_are_found_on_the_demande_kept_and_no_longer_on_the_other(
    demande: Demande, autre: Demande, acces: Acces, by: Acteur, at: datetime
) -> None:
    receive_message(demande=autre, canal="courriel", texte="Un transformateur ronronne.", by=by, at=at)
    fusion = merge(demande, autre, by, at)

    def found() -> list[int]:
        return [each.pk for each in search_demandes("transformateur", acces)]

    assert found() == [demande.pk]
    undo_merge(fusion=fusion, by=by, at=at)
    assert found() == [autre.pk]


def test_later_mail_to_the_merged_one_goes_to_the_one_kept(
    demande: Demande, autre: Demande, by: Acteur, at: datetime
) -> None:
    merge(demande, autre, by, at)
    message = receive_message(
        demande=autre, canal="courriel", texte="Et maintenant ?", by=by, at=at + timedelta(days=200)
    )
    assert message.demande_id == demande.pk
    autre.refresh_from_db()
    assert autre.etat == "close"
    assert find_kept(autre) == demande


def test_its_tracking_code_leads_to_the_one_kept(demande: Demande, autre: Demande, by: Acteur, at: datetime) -> None:
    passe = sign_passe(autre)
    merge(demande, autre, by, at)
    assert find_demande(code=autre.code_suivi, qui="Ben Amar") == demande
    assert find_demande(code=autre.code_suivi, qui="Quelqu'un") is None
    assert read_passe(passe) == demande


def test_a_chain_of_merges_leads_to_the_last(ouvrir: Ouvrir, by: Acteur, at: datetime) -> None:
    one, two, three = (ouvrir(objet=f"Objet {n}") for n in range(3))
    first = merge(two, one, by, at)
    merge(three, two, by, at)
    one.refresh_from_db()
    assert find_kept(one) == three
    with pytest.raises(FusionRefusee, match="fusionnée à son tour"):
        undo_merge(fusion=first, by=by, at=at)


def test_two_usagers_are_never_mixed(ouvrir: Ouvrir, demande: Demande, by: Acteur, at: datetime) -> None:
    voisin = create_usager(nature="personne", nom="Roux", prenoms="Jean",
                           contacts=[Contact("courriel", "jean@exemple.fr")], by=by, at=at)  # fmt: skip
    other = ouvrir(usager=voisin, adresse="jean@exemple.fr")
    with pytest.raises(FusionRefusee, match="deux usagers"):
        merge(demande, other, by, at)


def test_an_unknown_sender_gives_their_place_to_the_usager(
    ouvrir: Ouvrir, autre: Demande, by: Acteur, at: datetime
) -> None:
    unknown = ouvrir(usager=None, adresse="inconnu@exemple.fr")
    fusion = merge(unknown, autre, by, at)
    unknown.refresh_from_db()
    assert unknown.usager_id == autre.usager_id
    assert PartieDemande.objects.get(role="demandeur").demande_id == unknown.pk
    undo_merge(fusion=fusion, by=by, at=at)
    unknown.refresh_from_db()
    assert unknown.usager_id is None
    assert PartieDemande.objects.get(role="demandeur").demande_id == autre.pk


def test_a_sealed_demande_is_merged_only_inside_its_domain(
    demande: Demande, autre: Demande, ccas: Service, by: Acteur, at: datetime
) -> None:
    Demande.objects.filter(pk=autre.pk).update(domaine="social")
    with pytest.raises(FusionRefusee, match="réservée"):
        merge(demande, autre, by, at)
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    merge(demande, autre, by, at)


def test_refusals(demande: Demande, autre: Demande, by: Acteur, at: datetime) -> None:
    with pytest.raises(FusionRefusee, match="elle-même"):
        merge(demande, demande, by, at)
    with pytest.raises(ConflitVersion):
        merge_demandes(conservee=demande, absorbee=autre, version_conservee=1, version_absorbee=9, by=by, at=at)
    close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    with pytest.raises(FusionRefusee, match="est close"):
        merge(demande, autre, by, at)
    fusion = merge(autre, demande, by, at)
    with pytest.raises(FusionRefusee, match="déjà été fusionnée"):
        merge(autre, demande, by, at)
    undo_merge(fusion=fusion, by=by, at=at)
    demande.refresh_from_db()
    assert (demande.etat, demande.issue) == ("close", "satisfaite")
    with pytest.raises(FusionRefusee, match="déjà été annulée"):
        undo_merge(fusion=fusion, by=by, at=at)


def test_a_merged_demande_is_not_reopened_by_hand(demande: Demande, autre: Demande, by: Acteur, at: datetime) -> None:
    merge(demande, autre, by, at)
    autre.refresh_from_db()
    with pytest.raises(DemandeFusionnee, match="annulez la fusion"):
        reopen(demande=autre, version=autre.version, by=by, at=at)


def test_undoing_says_what_has_moved_since(
    demande: Demande, autre: Demande, ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime
) -> None:
    add_note(demande=autre, texte="Note.", by=by, at=at, agent=agent)
    fusion = merge(demande, autre, by, at)
    elsewhere = ouvrir(objet="Ailleurs")
    Message.objects.filter(texte="Note.").update(demande=elsewhere)
    new = receive_message(demande=autre, canal="courriel", texte="Reçu entre-temps.", by=by, at=at)
    done = undo_merge(fusion=fusion, by=by, at=at)
    assert done.restees == ["1 message"]
    new.refresh_from_db()
    assert new.demande_id == demande.pk  # arrived in between: it stays where it was read
    assert Message.objects.filter(demande=autre).count() == Message.objects.filter(demande=demande).count() - 1


def test_the_link_between_the_two_stays_and_the_others_move(
    demande: Demande, autre: Demande, ouvrir: Ouvrir, by: Acteur, at: datetime
) -> None:
    third, fourth = ouvrir(objet="Trois"), ouvrir(objet="Quatre")
    tie(de=autre, vers=demande, genre="doublon", by=by, at=at)
    tie(de=autre, vers=third, genre="lie", by=by, at=at)
    tie(de=demande, vers=fourth, genre="lie", by=by, at=at)
    tie(de=fourth, vers=autre, genre="lie", by=by, at=at)
    merge(demande, autre, by, at)
    pairs = set(Lien.objects.values_list("de_id", "vers_id"))
    assert pairs == {(autre.pk, demande.pk), (demande.pk, third.pk), (demande.pk, fourth.pk), (fourth.pk, autre.pk)}


def test_every_table_of_a_demande_is_thought_of() -> None:
    """A table added later must say whether its rows follow a merge."""
    related = {
        (model._meta.model_name, field.attname)
        for model in apps.get_models()
        if "Event" not in model.__name__
        for field in model._meta.concrete_fields
        if field.related_model is Demande
    }
    moved = {(rule.modele._meta.model_name, rule.colonne) for rule in DEPLACEES.values()}
    unknown = {pair for pair in related - moved if pair[0] not in RESTENT}
    assert not unknown, f"say in demandes/actions/fusion.py what a merge does of {sorted(unknown)}"
    assert moved <= related
