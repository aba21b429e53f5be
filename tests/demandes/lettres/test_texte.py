"""Who a letter is addressed to, and what it must say. No database."""

import pytest

from citoyens.models import Usager
from demandes.lettres.destinataire import name_destinataire, split_adresse
from demandes.lettres.texte import ALGORITHME, Lettre, RefusIncomplet, compose_corps


def personne(**champs: object) -> Usager:
    return Usager(collectivite_id=1, prenoms="Samira", nom="Haddad", nom_naissance="Ben Amar", **champs)


@pytest.mark.parametrize(
    ("usager", "name"),
    [
        (personne(civilite="mme"), "Madame Samira Ben Amar"),  # CRPA L111-3: the family name
        (personne(is_nom_usage_choisi=True), "Samira Haddad"),  # unless she asked for the other
        (Usager(collectivite_id=1, prenoms="Anne", nom="Le Bihan", civilite="m"), "Monsieur Anne Le Bihan"),
        (Usager(collectivite_id=1, nature="association", nom="Les Amis du kiosque"), "Les Amis du kiosque"),
    ],
)
def test_a_letter_is_addressed_under_the_family_name(usager: Usager, name: str) -> None:
    assert name_destinataire(usager) == name


@pytest.mark.parametrize(
    ("adresse", "lines"),
    [
        ("8 rue des Tanneurs, 44999 Aurelle", ["8 rue des Tanneurs", "44999 AURELLE"]),
        ("8 rue des Tanneurs 44999 Aurelle", ["8 rue des Tanneurs", "44999 AURELLE"]),
        ("Appt 12\nBât. B\n44999 Aurelle", ["Appt 12", "Bât. B", "44999 AURELLE"]),
        ("", []),
    ],
)  # fmt: skip
def test_the_address_fits_the_window(adresse: str, lines: list[str]) -> None:
    assert split_adresse(adresse) == lines


def test_no_more_than_six_lines_are_seen_through_the_window() -> None:
    lines = split_adresse("\n".join(f"ligne {n}" for n in range(8)) + "\n44999 Aurelle")
    assert len(lines) == 6
    assert (lines[0], lines[-1]) == ("ligne 0", "44999 AURELLE")
    assert lines[4] == "ligne 4 ligne 5 ligne 6 ligne 7"


def test_greeting_and_farewell_are_added_once() -> None:
    body = compose_corps("Votre dossier est complet.", Lettre(), personne(civilite="mme"))
    assert body.startswith("Madame,\n\nVotre dossier")
    assert body.endswith("Je vous prie d'agréer, Madame, mes salutations distinguées.")
    own = "Bonjour,\n\nVotre dossier est complet.\n\nCordialement,\nmes salutations"
    assert compose_corps(own, Lettre(), None) == own


@pytest.mark.parametrize(("motifs", "recours"), [("", "Tribunal."), ("Article 4.", "  "), ("", "")])
def test_a_refusal_without_reasons_or_appeals_is_refused(motifs: str, recours: str) -> None:
    with pytest.raises(RefusIncomplet, match="motifs, en droit et en fait"):
        compose_corps("Nous refusons.", Lettre(is_refus=True, motifs=motifs, recours=recours), None)


def test_a_refusal_says_why_and_how_to_appeal() -> None:
    letter = Lettre(
        is_refus=True, motifs="Article 4 du règlement.", recours="Tribunal administratif.", is_algorithme=True
    )
    body = compose_corps("Nous refusons.", letter, None)
    order = ["Nous refusons.", "Motifs", "Article 4", ALGORITHME, "Voies et délais de recours", "Tribunal", "agréer"]
    found = [body.index(each) for each in order]
    assert found == sorted(found)
