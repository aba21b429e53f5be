"""The cycle: every state can end, the page that describes it is up to date."""

from django.conf import settings
from django.core.management import call_command

from demandes.cycle import ETAT_PUBLIC, PASSAGES, Etat
from demandes.management.commands.ecrire_cycle import FICHIER, draw_cycle


def test_the_page_is_what_the_command_writes() -> None:
    written = (settings.RACINE / FICHIER).read_text(encoding="utf-8")
    assert written == draw_cycle(), "Lancez manage.py ecrire_cycle."


def test_the_command_writes_it(settings, tmp_path) -> None:
    (tmp_path / "docs").mkdir()
    settings.RACINE = tmp_path
    call_command("ecrire_cycle")
    assert (tmp_path / FICHIER).read_text(encoding="utf-8") == draw_cycle()


def test_every_state_has_passages_and_a_public_word() -> None:
    assert set(PASSAGES) == set(ETAT_PUBLIC) == set(Etat.values)


def test_every_open_state_can_be_closed_and_the_closed_one_reopened() -> None:
    assert all(Etat.CLOSE in PASSAGES[etat] for etat in Etat.values if etat != Etat.CLOSE)
    assert PASSAGES[Etat.CLOSE] == {Etat.EN_COURS}


def test_no_state_goes_to_itself_nor_back_to_the_start() -> None:
    for etat, after in PASSAGES.items():
        assert etat not in after
        assert Etat.NOUVELLE not in after
