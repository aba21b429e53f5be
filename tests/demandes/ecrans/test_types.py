"""The catalogue through HTTP: types, their form, their versions, the tree of subjects."""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from collectivites.models import Collectivite, Service
from collectivites.permissions import Role
from demandes.models import Thematique, TypeDemande
from tests.demandes.conftest import join
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def reglages(client_de, ville: Collectivite) -> Client:
    ville.courriel = "contact@aurelle.example"
    ville.save()
    return client_de(join(ville, "admin@aurelle.example", "Ada Min", roles=(Role.ADMINISTRATEUR,)))


TYPE = {
    "libelle": "Voirie", "thematique": "nouvelle", "nouvelle_thematique": "Signaler",
    "nature": "demande", "domaine": "cadre_de_vie",
    "service": "", "canaux": ["guichet"], "publics": ["personne"], "engagement_jours": 8, "conservation_mois": 24,
    "regime_silence": "aucun", "silence_nombre": 2, "silence_unite": "mois", "silence_base": "", "recours": "",
}  # fmt: skip


def test_a_new_type_is_offered_once_it_is_published(reglages: Client, service: Service) -> None:
    assert reglages.post(url("type_nouveau"), TYPE).status_code == 302
    type_ = TypeDemande.objects.get()
    assert (type_.is_active, type_.thematique.libelle) == (False, "Signaler")
    refused = reglages.post(url("type_publier", type_.pk))
    assert refused.status_code == 409
    assert "Le service qui répond" in refused.content.decode()
    changed = TYPE | {"engagement_jours": 3, "service": service.pk, "thematique": type_.thematique_id}  # fmt: skip
    reglages.post(url("type", type_.pk), changed)
    reglages.post(url("type_publier", type_.pk))
    type_.refresh_from_db()
    assert (type_.engagement_jours, type_.service, type_.is_active) == (3, service, True)
    reglages.post(url("type_retirer", type_.pk))
    assert "retiré" in reglages.get(url("types")).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"libelle": ""}, "Un type a un libellé."),
        ({"libelle": "éclairage"}, "Un type porte déjà ce libellé."),
        ({"engagement_jours": 0}, "de 1 à 365"),
        ({"engagement_jours": 400}, "de 1 à 365"),
        ({"thematique": ""}, "rangé dans une thématique"),
        ({"nouvelle_thematique": ""}, "le nom de la thématique"),
        ({"silence_nombre": 0}, "de 1 à 730"),
    ],
)
def test_a_wrong_type_comes_back_filled(
    reglages: Client, type_eclairage: TypeDemande, wrong: dict[str, object], said: str
) -> None:
    answer = reglages.post(url("type_nouveau"), TYPE | wrong)
    assert (answer.status_code, TypeDemande.objects.count()) == (422, 1)
    assert said in answer.content.decode()


def test_an_offered_type_stays_complete(reglages: Client, type_eclairage: TypeDemande) -> None:
    answer = reglages.post(url("type", type_eclairage.pk), TYPE | {"libelle": "Éclairage", "service": ""})
    assert answer.status_code == 422
    assert "le service qui répond" in answer.content.decode()


def test_the_counter_does_not_change_the_catalogue(poste: Client, type_eclairage: TypeDemande) -> None:
    for name in ("types", "type_nouveau", "thematiques"):
        assert poste.get(url(name)).status_code == 403
    assert poste.post(url("type_publier", type_eclairage.pk)).status_code == 403
    assert poste.get(url("type_formulaire", type_eclairage.pk)).status_code == 403


def test_the_catalogue_costs_the_same_however_long(
    reglages: Client, type_eclairage: TypeDemande, django_assert_max_num_queries: Any
) -> None:
    for rang in range(30):
        TypeDemande.objects.create(libelle=f"Type {rang}", thematique=type_eclairage.thematique)
    with django_assert_max_num_queries(14):
        assert reglages.get(url("types")).status_code == 200
    with django_assert_max_num_queries(14):
        assert reglages.get(url("type_formulaire", type_eclairage.pk)).status_code == 200
    with django_assert_max_num_queries(14):
        assert reglages.get(url("thematiques")).status_code == 200


def test_a_retired_type_is_not_offered(poste: Client, type_eclairage: TypeDemande) -> None:
    TypeDemande.objects.update(is_active=False)
    assert "Éclairage — " not in poste.get(url("nouvelle")).content.decode()


def stamp(client: Client, type_: TypeDemande) -> str:
    return client.get(url("type_formulaire", type_.pk)).context["empreinte"]


def add(client: Client, type_: TypeDemande, sorte: str = "questions", **said: object):
    facts = {"libelle": "Où ?", "genre": "adresse", "empreinte": stamp(client, type_)} | said
    return client.post(url("type_element_nouveau", type_.pk, sorte), facts)


def test_a_form_is_written_question_by_question(reglages: Client, type_eclairage: TypeDemande) -> None:
    type_ = type_eclairage
    assert add(reglages, type_).status_code == 302
    add(reglages, type_, libelle="Quelle panne ?", genre="choix", choix="Éteint\nClignote\n", obligatoire="on")
    add(reglages, type_, libelle="Depuis quand ?", genre="date", maxi="0", si=["quelle_panne:clignote"])
    add(reglages, type_, "pieces", libelle="Photo", si=["quelle_panne:eteint", "quelle_panne:clignote"])
    type_.refresh_from_db()
    assert [each["code"] for each in type_.brouillon["champs"]] == ["ou", "quelle_panne", "depuis_quand"]
    assert type_.brouillon["champs"][2]["si"] == {"champ": "quelle_panne", "est": ["clignote"]}
    assert type_.brouillon["pieces"][0]["si"]["est"] == ["eteint", "clignote"]
    page = reglages.get(url("type_formulaire", type_.pk)).content.decode()
    assert "Seulement si vous répondez «\u00a0Clignote\u00a0»" in page
    edit = {"libelle": "Quelle panne ?", "genre": "choix", "empreinte": stamp(reglages, type_)}
    address = url("type_element", type_.pk, "questions", "quelle_panne")
    refused = reglages.post(address, edit | {"choix": "Clignote\nTombé"})
    assert (refused.status_code, "eteint" in refused.content.decode()) == (422, True)  # the photo depends on it
    reglages.post(address, edit | {"choix": "Tombé\nÉteint\nClignote"})
    type_.refresh_from_db()
    assert [each["code"] for each in type_.brouillon["champs"][1]["choix"]] == ["tombe", "eteint", "clignote"]


def test_a_change_that_breaks_a_condition_is_refused(reglages: Client, type_eclairage: TypeDemande) -> None:
    type_ = type_eclairage
    add(reglages, type_, libelle="Danger ?", genre="oui_non")
    add(reglages, type_, libelle="Lequel ?", genre="texte", si=["danger:oui"])
    empreinte = stamp(reglages, type_)
    moved = reglages.post(
        url("type_element_deplacer", type_.pk, "questions", "lequel"), {"sens": "haut", "empreinte": empreinte}
    )
    assert (moved.status_code, "qui vient après" in unescape(moved.content.decode())) == (409, True)
    gone = reglages.post(url("type_element_retirer", type_.pk, "questions", "danger"), {"empreinte": empreinte})
    assert (gone.status_code, "n'existe pas" in unescape(gone.content.decode())) == (409, True)
    reglages.post(url("type_element_retirer", type_.pk, "questions", "lequel"), {"empreinte": empreinte})
    late = reglages.post(url("type_element_retirer", type_.pk, "questions", "danger"), {"empreinte": empreinte})
    assert (late.status_code, "quelqu'un d'autre" in unescape(late.content.decode())) == (409, True)


def test_a_refused_question_comes_back_filled(reglages: Client, type_eclairage: TypeDemande) -> None:
    answer = add(reglages, type_eclairage, libelle="Nombre ?", genre="nombre", mini="9", maxi="2")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "dépasse le maximum" in page
    assert "Nombre ?" in page
    assert add(reglages, type_eclairage, "poemes").status_code == 404


def test_versions_say_what_changed(reglages: Client, type_eclairage: TypeDemande) -> None:
    TypeDemande.objects.update(regime_silence="aucun")
    add(reglages, type_eclairage)
    reglages.post(url("type_publier", type_eclairage.pk))
    add(reglages, type_eclairage, libelle="Quand ?", genre="date")
    reglages.post(url("type_publier", type_eclairage.pk))
    add(reglages, type_eclairage, libelle="Pourquoi ?", genre="texte")
    page = reglages.get(url("type_versions", type_eclairage.pk)).content.decode()
    assert "Version 2" in page
    assert "Question ajoutée\u00a0: «\u00a0Quand ?\u00a0»." in page
    assert "Brouillon" in page
    assert "Pourquoi ?" in page


def test_the_tree_of_subjects(reglages: Client, type_eclairage: TypeDemande) -> None:
    reglages.post(url("thematiques"), {"libelle": "Cadre de vie"})
    root = Thematique.objects.get(libelle="Cadre de vie")
    reglages.post(url("thematiques"), {"libelle": "Voirie", "parent": root.pk})
    child = Thematique.objects.get(libelle="Voirie")
    assert child.parent == root
    assert reglages.post(url("thematiques"), {"libelle": "cadre de VIE"}).status_code == 422
    assert reglages.post(url("thematiques"), {"libelle": "Rues", "parent": child.pk}).status_code == 422
    reglages.post(url("thematique", root.pk), {"libelle": "Espace public"})
    root.refresh_from_db()
    assert root.libelle == "Espace public"
    names = [each.libelle for each in Thematique.objects.filter(parent=None).order_by("rang", "libelle")]
    reglages.post(url("thematique_deplacer", root.pk), {"sens": "haut" if names[-1] == root.libelle else "bas"})
    assert [each.libelle for each in Thematique.objects.filter(parent=None).order_by("rang")] == names[::-1]
    used = type_eclairage.thematique
    assert reglages.post(url("thematique_activer", used.pk), {"is_active": "non"}).status_code == 409
    reglages.post(url("thematique_activer", root.pk), {"is_active": "non"})
    assert "retirée" in reglages.get(url("thematiques")).content.decode()
