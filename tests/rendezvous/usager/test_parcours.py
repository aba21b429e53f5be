"""The whole way, without JavaScript nor cookie: choose, retain, say who, prove, be confirmed."""

from rendezvous.models import RendezVous
from tests.rendezvous.usager.conftest import BASE, QUI, Bureau, Visiteur, list_valeurs


def test_from_the_choice_to_the_confirmation(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.get(BASE)
    assert f"{BASE}motif/{bureau.motif.pk}/" in page.content.decode()
    page = visiteur.get(f"{BASE}motif/{bureau.motif.pk}/")
    assert "Ancien titre" in page.content.decode()
    page = visiteur.open_creneaux(bureau.motif)
    assert len(list_valeurs(page)) == 9  # 9 h to 12 h by 20 minutes
    assert "Claire" not in page.content.decode()
    page = visiteur.choose(page, 1)
    assert "retenu pour vous jusqu'à" in page.content.decode()
    assert RendezVous.objects.get().etat == "option"
    page = visiteur.post(page.request["PATH_INFO"], QUI)
    assert "samira@exemple.fr" in page.content.decode()
    page = visiteur.confirm(page)
    text = page.content.decode()
    assert "Votre rendez-vous est confirmé" in text
    assert "9\u00a0h\u00a020" in text
    assert "1 place de la République" in text
    rdv = RendezVous.objects.get()
    assert (rdv.etat, rdv.canal, rdv.usager.nom) == ("confirme", "en_ligne", "Ben Amar")
    assert page.headers["Cache-Control"].count("no-store") == 1
    assert page.headers["X-Robots-Tag"] == "noindex"
