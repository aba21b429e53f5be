"""Streets give the district: abbreviations, numbers, sides, the longest name."""

import pytest

from demandes.automates.zones import VoieIllisible, find_zone, read_voies
from demandes.models import Zone

RUES_DU_CENTRE = "rue des Lilas\navenue de la Gare : 1-99 impairs\nplace Saint-Jean"
RUES_DU_NORD = "rue des Lilas Blancs\navenue de la Gare : pairs\nrue Neuve : 10-20"
CENTRE = Zone(collectivite_id=1, libelle="Centre", voies=RUES_DU_CENTRE)
NORD = Zone(collectivite_id=1, libelle="Nord", voies=RUES_DU_NORD)


@pytest.mark.parametrize(
    ("adresse", "attendue"),
    [
        ("12 rue des Lilas, 44000 Aurelle", CENTRE),
        ("12, R. des LILAS BLANCS", NORD),  # the longest name wins
        ("pl. St-Jean", CENTRE),
        ("14 av de la gare", NORD),
        ("13 bis avenue de la Gare", CENTRE),
        ("101 avenue de la Gare", None),  # odd, beyond 99
        ("avenue de la Gare", None),  # shared, and no number says which side
        ("15 rue Neuve", NORD),
        ("21 rue Neuve", None),
        ("rue du Bac", None),
        ("", None),
    ],
)
def test_an_address_gives_its_zone(adresse: str, attendue: Zone | None) -> None:
    assert find_zone(adresse, [CENTRE, NORD]) is attendue


def test_a_line_that_is_no_street_is_refused_in_words() -> None:
    with pytest.raises(VoieIllisible, match="n'est pas lisible"):
        read_voies("rue des Lilas\nrue Neuve : du début à la fin")
