"""Several services in one visit, without JavaScript nor cookie: found, held whole, confirmed once, cancelled whole."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from collectivites.models import Service
from messagerie.models import Envoi
from rendezvous.models import (
    CodeConfirmation,
    EtapeParcours,
    ModeleParcours,
    Motif,
    Occupation,
    Parcours,
    RendezVous,
    Trajet,
)
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_rendezvous, make_ressource
from tests.rendezvous.usager.conftest import BASE, QUI, Bureau, Visiteur, at_local, read_code, read_field, read_text

LU = QUI | {"lu": "on"}


@pytest.fixture
def ecole(bureau: Bureau) -> Motif:
    """A school office in the annexe, twenty minutes away, open the same morning."""
    ecoles = Service.objects.create(nom="Éducation", domaine="enfance")
    annexe = make_lieu("Annexe")
    first, last = sorted((bureau.lieu, annexe), key=lambda lieu: lieu.pk)
    Trajet.objects.create(de=first, vers=last, minutes=20)
    motif = make_motif(ecoles, "Inscription scolaire", (30, 40), unite_personnes="enfant", pieces=["Livret", "Photo"],
                       annulable_minutes=60)  # fmt: skip
    sophie = make_ressource(make_agent(bureau.collectivite, "Sophie Delaunay", ecoles))
    make_plage(sophie, annexe, motif, jours=(bureau.jour,), is_ferie_travaille=True)
    return motif


@pytest.fixture
def modele(bureau: Bureau, ecole: Motif) -> ModeleParcours:
    made = ModeleParcours.objects.create(libelle="J'emménage", aide="Carte et école.", is_public=True)
    EtapeParcours.objects.create(modele=made, motif=bureau.motif, rang=1)
    EtapeParcours.objects.create(modele=made, motif=ecole, rang=2)
    return made


def list_visites(page: Any) -> list[str]:
    """Return the passes of the visits proposed, as buttons or as radio buttons."""
    return re.findall(r'name="visite" value="([^"]+)"', page.content.decode())


def open_visite(visiteur: Visiteur, modele: ModeleParcours, **query: Any) -> Any:
    return visiteur.get(
        f"{BASE}venue/{modele.pk}/?{urlencode(query, doseq=True)}" if query else f"{BASE}venue/{modele.pk}/"
    )


def choose(visiteur: Visiteur, page: Any, rang: int = 0) -> Any:
    return visiteur.post(page.request["PATH_INFO"], {"visite": list_visites(page)[rang]})


def take(bureau: Bureau, rdv: RendezVous) -> None:
    """Somebody else is quicker, on the same hour of the same office."""
    held = Occupation.objects.filter(rendezvous=rdv).select_related("ressource").get()
    motif, lieu, debut, fin, ressource = rdv.motif, rdv.lieu, rdv.debut_at, rdv.fin_at, held.ressource
    RendezVous.objects.filter(etat="option").delete()  # swept
    make_rendezvous(motif, ressource, lieu, debut, fin_at=fin)


def test_from_the_bundle_to_the_confirmation(visiteur: Visiteur, modele: ModeleParcours, bureau: Bureau) -> None:
    assert f"{BASE}venue/{modele.pk}/" in read_text(visiteur.get(f"{BASE}venue/"))
    page = open_visite(visiteur, modele)
    text = read_text(page)
    assert "20\u00a0min de trajet" in text
    assert text.count("<li>Photo</li>") == 1  # asked by both stops, told once
    assert "Sophie" not in text
    page = choose(visiteur, page)
    assert "retenues pour vous jusqu'à" in read_text(page)
    assert RendezVous.objects.filter(etat="option").count() == 2
    page = visiteur.post(page.request["PATH_INFO"], QUI)
    assert "samira@exemple.fr" in read_text(page)
    page = visiteur.confirm(page)
    text = read_text(page)
    parcours = Parcours.objects.get()
    assert "Vos 2 <span" in text
    assert "sont confirmés" in text
    assert parcours.numero in text
    assert parcours.rendezvous.filter(etat="confirme", canal="en_ligne").count() == 2
    assert not CodeConfirmation.objects.exists()  # what was typed leaves
    assert Envoi.objects.filter(canal="courriel", clef__contains="confirmation").count() == 1
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert visiteur.get(page.request["PATH_INFO"]).status_code == 200  # reloaded
    ics = re.search(r'href="([^"]+venue\.ics)"', text)
    assert ics
    assert visiteur.get(ics[1]).content.count(b"BEGIN:VEVENT") == 2


def test_sent_twice_or_left_by_the_back_button_it_is_one_visit(
    visiteur: Visiteur, modele: ModeleParcours, bureau: Bureau
) -> None:
    slots = open_visite(visiteur, modele)
    choose(visiteur, slots)
    page = choose(visiteur, slots, 1)  # another one: the first is let go
    assert RendezVous.objects.count() == 2
    code = visiteur.post(page.request["PATH_INFO"], QUI)
    back = choose(visiteur, slots)
    assert 'value="samira@exemple.fr"' in read_text(back)  # what was typed followed
    code = visiteur.post(back.request["PATH_INFO"], QUI)
    sent = {"code": read_code(), "saisie": read_field(code, "saisie")}
    visiteur.post(code.request["PATH_INFO"], sent)
    twice = visiteur.post(code.request["PATH_INFO"], sent)
    assert "sont confirmés" in read_text(twice)
    assert "sont confirmés" in read_text(choose(visiteur, slots, 1))
    assert (Parcours.objects.count(), RendezVous.objects.count()) == (1, 2)


def test_stops_and_persons_are_read_from_the_address(
    visiteur: Visiteur, modele: ModeleParcours, ecole: Motif, bureau: Bureau
) -> None:
    pair = [bureau.motif.pk, ecole.pk]
    page = open_visite(visiteur, modele, garder=pair, jour=str(bureau.jour), **{f"personnes_{ecole.pk}": 2})
    assert "2\u00a0enfants" in read_text(page)
    choose(visiteur, page)
    assert RendezVous.objects.get(motif=ecole).personnes == 2
    alone = open_visite(visiteur, modele, garder=[ecole.pk])
    assert alone.request["PATH_INFO"] == f"{BASE}motif/{ecole.pk}/"
    none = open_visite(visiteur, modele, jour=str(bureau.jour))
    assert none.status_code == 422
    assert "Gardez au moins une démarche" in read_text(none)


def test_a_day_without_any_visit_says_what_to_do(visiteur: Visiteur, modele: ModeleParcours, bureau: Bureau) -> None:
    bureau.plage.occurrences.all().delete()
    text = read_text(open_visite(visiteur, modele))
    assert "ne tiennent pas le même jour" in text
    assert f"{BASE}motif/{bureau.motif.pk}/" in text
    assert "tel:0199001200" in text


@pytest.mark.parametrize("change", [
    {"reservable_par": "agents"}, {"is_active": False}, {"genre": "telephone"}, {"is_sectorise": True},
])  # fmt: skip
def test_a_stop_not_for_everybody_closes_the_bundle(
    visiteur: Visiteur, modele: ModeleParcours, ecole: Motif, change: dict[str, Any]
) -> None:
    Motif.objects.filter(pk=ecole.pk).update(**change)
    assert "J'emménage" not in read_text(visiteur.get(f"{BASE}venue/"))
    assert open_visite(visiteur, modele).status_code == 404


def test_a_stop_taken_meanwhile_shows_what_is_left(visiteur: Visiteur, modele: ModeleParcours, bureau: Bureau) -> None:
    page = open_visite(visiteur, modele)
    make_rendezvous(
        bureau.motif, bureau.ressource, bureau.lieu, at_local(bureau.jour, 540), fin_at=at_local(bureau.jour, 720)
    )
    lost = choose(visiteur, page)
    assert lost.status_code == 409
    assert "vient de prendre une de ces heures" in read_text(lost)
    assert not RendezVous.objects.filter(etat="option").exists()


@pytest.mark.parametrize("moment", ["coordonnees", "code"])
def test_half_lost_nothing_typed_is_lost(
    visiteur: Visiteur, modele: ModeleParcours, bureau: Bureau, moment: str
) -> None:
    page, sent = choose(visiteur, open_visite(visiteur, modele)), dict[str, str](QUI)
    if moment == "code":
        page = visiteur.post(page.request["PATH_INFO"], QUI)
        sent = {"code": read_code(), "saisie": read_field(page, "saisie")}
    take(bureau, RendezVous.objects.select_related("motif", "lieu").get(motif=bureau.motif))
    lost = visiteur.post(page.request["PATH_INFO"], sent)
    text = read_text(lost)
    assert lost.status_code == 409
    assert "vient d'être prise" in text
    assert 'value="samira@exemple.fr"' in text
    again = visiteur.post(f"{BASE}venue/coordonnees/{lost.request['PATH_INFO'].split('/')[-2]}/",
                          QUI | {"visite": list_visites(lost)[0]})  # fmt: skip
    assert "sont confirmés" in read_text(visiteur.confirm(again))
    assert Parcours.objects.get().rendezvous.count() == 2


def test_late_but_still_free_is_taken_back(visiteur: Visiteur, modele: ModeleParcours) -> None:
    page = visiteur.post(choose(visiteur, open_visite(visiteur, modele)).request["PATH_INFO"], QUI)
    sent = {"code": read_code(), "saisie": read_field(page, "saisie")}
    RendezVous.objects.all().delete()
    back = visiteur.post(page.request["PATH_INFO"], sent)
    assert back.status_code == 409
    assert "retenu de nouveau" in read_text(back)
    assert "sont confirmés" in read_text(visiteur.confirm(back))


def test_every_slot_is_kept_as_long_as_the_code_travels(visiteur: Visiteur, modele: ModeleParcours) -> None:
    page = choose(visiteur, open_visite(visiteur, modele))
    visiteur.post(page.request["PATH_INFO"], QUI)
    assert len(set(RendezVous.objects.values_list("expire_at", flat=True))) == 1
    assert CodeConfirmation.objects.count() == 1


def test_identity_documents_name_each_person_and_rules_are_read_once(
    visiteur: Visiteur, modele: ModeleParcours, bureau: Bureau, ecole: Motif
) -> None:
    Motif.objects.filter(pk=bureau.motif.pk).update(
        durees=[20, 35], categorie_ants="CNI", unite_personnes="dossier", consignes_avant="Faites votre pré-demande."
    )
    both = {"garder": [bureau.motif.pk, ecole.pk], f"personnes_{bureau.motif.pk}": 2}
    page = choose(visiteur, open_visite(visiteur, modele, **both))
    refused = visiteur.post(page.request["PATH_INFO"], QUI | {"predemande": "tuny 4pb6 x2"})
    assert refused.status_code == 422
    assert "Écrivez son prénom" in read_text(refused)
    assert "Lisez, puis cochez" in read_text(refused)
    who = LU | {"predemande": "tuny 4pb6 x2", "prenom_2": "Adam", "nom_2": "Ben Amar"}
    assert "sont confirmés" in read_text(visiteur.confirm(visiteur.post(page.request["PATH_INFO"], who)))
    cni, classe = RendezVous.objects.get(motif=bureau.motif), RendezVous.objects.get(motif=ecole)
    numbers = cni.participations.order_by("rang").values_list("numero_predemande", flat=True)
    assert list(numbers) == ["TUNY4PB6X2", ""]
    assert classe.participations.get().numero_predemande == ""


def book(visiteur: Visiteur, modele: ModeleParcours) -> Any:
    page = visiteur.post(choose(visiteur, open_visite(visiteur, modele)).request["PATH_INFO"], QUI)
    return visiteur.confirm(page)


def test_cancelled_whole_from_any_of_its_links(visiteur: Visiteur, modele: ModeleParcours) -> None:
    done = read_text(book(visiteur, modele))
    link = re.search(r'href="([^"]+/venue/annuler/)"', done)
    assert link
    asked = visiteur.get(link[1])
    assert "Annuler ces 2 rendez-vous" in read_text(asked)
    visiteur.post(link[1], {"raison": "Je ne déménage plus"})
    assert not Occupation.objects.filter(is_actif=True).exists()
    assert Envoi.objects.filter(canal="courriel", clef__contains="annulation").count() == 1
    assert visiteur.post(link[1]).status_code == 200  # sent twice


def test_the_page_of_one_appointment_shows_the_others(visiteur: Visiteur, modele: ModeleParcours) -> None:
    links = re.findall(r'href="([^"]+/gerer/[\w-]+/)"', read_text(book(visiteur, modele)))
    text = read_text(visiteur.get(links[0]))
    assert "fait partie d'une venue" in text
    assert links[1] in text
    assert links[0] + "deplacer/" not in text
    visiteur.post(f"{links[0]}venue/annuler/")
    assert "fait partie d'une venue</h2>" not in read_text(visiteur.get(links[1]))


def test_the_first_page_names_them(visiteur: Visiteur, modele: ModeleParcours) -> None:
    assert f"{BASE}venue/{modele.pk}/" in read_text(visiteur.get(BASE))


def test_one_limit_passed_keeps_them_all(visiteur: Visiteur, modele: ModeleParcours, ecole: Motif) -> None:
    link = re.search(r'href="([^"]+/venue/annuler/)"', read_text(book(visiteur, modele)))
    assert link
    Motif.objects.filter(pk=ecole.pk).update(annulable_minutes=60 * 24 * 365)
    refused = visiteur.post(link[1])
    assert refused.status_code == 409
    assert "ne s'annule plus en ligne" in read_text(refused)
    assert Occupation.objects.filter(is_actif=True).count() == 2


def test_a_pass_of_nothing_ends_there(visiteur: Visiteur, modele: ModeleParcours) -> None:
    assert visiteur.get(f"{BASE}venue/coordonnees/faux/").status_code == 410
    assert visiteur.get(f"{BASE}gerer/inconnu/venue/annuler/").status_code == 404
    assert visiteur.post(f"{BASE}venue/{modele.pk}/", {"visite": "faux"}).status_code == 422
    assert RendezVous.objects.count() == 0


def test_the_search_stays_short(
    visiteur: Visiteur, modele: ModeleParcours, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(22):
        assert Client().get(f"{BASE}venue/{modele.pk}/").status_code == 200
