"""The wall, by the API: a key of one town never sees the other, and sealed domains stay sealed."""

import json
from collections.abc import Callable

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, CleApi
from demandes.actions import add_note
from demandes.models import Demande
from journal.lignes import write_lines
from journal.models import Consultation
from tests.api.conftest import CANARI, Programme, Ville


def numeros(response: object) -> set[str]:
    return {row["numero"] for row in response.json()["resultats"]}  # type: ignore[attr-defined]


def test_a_key_never_sees_the_other_town(programme: Programme, ville: Ville, autre: Ville) -> None:
    with collectivite_active(autre.collectivite.pk):  # a number that exists there only
        Demande.objects.filter(pk=autre.demande.pk).update(numero="DEM-2026-9999")
    paths = ["usagers/?q=Dupont", "usagers/?q=0639981234", f"usagers/?q={CANARI}", "demandes/", "types-demandes/"]
    answers = [programme.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    text = "".join(json.dumps(answer.json()) for answer in answers)
    assert "Nid de poule Ici" in text
    assert CANARI not in text
    assert programme.get("demandes/DEM-2026-9999/").status_code == 404
    assert CANARI in json.dumps(Programme(programme.client, autre.secret).get("demandes/").json())


def test_nothing_of_the_other_town_can_be_named_in_a_demande(programme: Programme, autre: Ville) -> None:
    body = {"objet": "Essai", "canal": "telephone", "mode_reponse": "telephone"}
    for field, foreign in (("usager", autre.usager.pk), ("type", autre.type.pk)):
        answer = programme.post("demandes/", body | {field: foreign}, **{"Idempotency-Key": field})
        assert answer.status_code == 422
        assert answer.json()["erreurs"][0]["champ"] == field


def test_a_sealed_domain_does_not_exist_for_a_key(programme: Programme, ville: Ville) -> None:
    assert numeros(programme.get("demandes/")) == {ville.demande.numero}
    assert programme.get(f"demandes/{ville.reservee.numero}/").status_code == 404


def test_a_key_reads_the_sealed_domain_it_was_given(
    programme: Programme, ville: Ville, donner_clef: Callable[..., tuple[CleApi, str]]
) -> None:
    with collectivite_active(ville.collectivite.pk):
        _, programme.secret = donner_clef(domaines=["social"])
    assert numeros(programme.get("demandes/")) == {ville.demande.numero, ville.reservee.numero}
    assert programme.get(f"demandes/{ville.reservee.numero}/").json()["objet"] == "Aide au loyer Ici"


def test_each_reading_is_logged_under_the_name_of_the_key(programme: Programme, ville: Ville) -> None:
    programme.get("usagers/", q="Dupont")
    programme.get("demandes/")
    programme.get(f"demandes/{ville.demande.numero}/")
    with collectivite_active(ville.collectivite.pk):
        rows = list(
            Consultation.objects.order_by("pk").values_list("vue", "usager_id", "objet_id", "motif", "agent_id")
        )
    motif = f"Clef d'API n° {ville.clef.pk} «\u00a0Portail\u00a0»"
    who, what = ville.usager.pk, ville.demande.pk
    assert rows == [
        ("profil", who, None, motif, 0), ("demande", who, what, motif, 0), ("demande", who, what, motif, 0),
    ]  # fmt: skip


def test_a_refused_reading_leaves_no_line(programme: Programme, ville: Ville) -> None:
    programme.get("demandes/DEM-2026-9999/")
    with collectivite_active(ville.collectivite.pk):
        assert not Consultation.objects.exists()


def test_an_internal_note_never_leaves(programme: Programme, ville: Ville, agent: Agent) -> None:
    with collectivite_active(ville.collectivite.pk):
        by = Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)
        add_note(demande=ville.demande, texte="Pour nous seuls", agent=agent, by=by, at=ville.demande.created_at)
    text = programme.get(f"demandes/{ville.demande.numero}/").content.decode()
    assert "Texte de Nid de poule Ici" in text
    assert "Pour nous seuls" not in text


def test_the_journal_says_that_a_program_read(programme: Programme, ville: Ville) -> None:
    programme.get("usagers/", q="Dupont")
    with collectivite_active(ville.collectivite.pk):
        (line,) = write_lines(list(Consultation.objects.all()))
    assert line.qui == "Logiciel"
    assert "«\u00a0Portail\u00a0»" in line.quoi
