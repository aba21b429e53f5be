"""The usagers of a demonstration town, made with the product's own actions."""

from dataclasses import replace
from datetime import timedelta

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from accueil.demo.personnages import list_usagers
from accueil.demo.usagers import UsagerDemo
from citoyens.actions import add_note, create_usager, verify_identity
from citoyens.models import NoteUsager, Usager

ANCIENNETE = 75  # days: the town started with Guichet then


def meet_usagers(ville: Ville, *, rang: int, horloge: Horloge) -> dict[str, Usager]:
    """Create everyone, identities verified and notes written; return them by key."""
    people = list_usagers(ville.demo.slug, ville.demo.rues, f"{ville.demo.code_postal} {ville.demo.ville}", rang)
    return {
        demo.clef: _meet(ville, demo, horloge=horloge, jours=max(1, ANCIENNETE - index // 2))
        for index, demo in enumerate(people)
    }


def _meet(ville: Ville, demo: UsagerDemo, *, horloge: Horloge, jours: int) -> Usager:
    at = horloge.ago(jours, "09:30")
    by = ville.acteur(ville.accueil[jours % len(ville.accueil)])
    first, *others = demo.contacts
    usager = create_usager(
        nature=demo.nature,
        nom=demo.nom,
        prenoms=demo.prenoms,
        nom_naissance=demo.nom_naissance,
        civilite=demo.civilite,
        naissance_on=demo.naissance_on,
        siret=demo.siret,
        rna=demo.rna,
        contacts=[replace(first, is_prefere=True), *others],
        by=by,
        at=at,
    )
    if demo.verifie_par:
        who = ville.acteur(demo.verifie_par) if demo.verifie_par in ville.agents else by
        usager = verify_identity(usager=usager, by=who, at=at + timedelta(minutes=4))
    for note in demo.notes:
        add_note(
            usager=usager,
            texte=note.texte,
            visibilite=NoteUsager.Visibilite.COLLECTIVITE,
            domaine=note.domaine,
            is_alerte=note.is_alerte,
            expire_on=horloge.today + timedelta(days=note.jours),
            by=ville.acteur(note.agent),
            at=horloge.ago(min(jours, 20), "10:10"),
        )
    return usager
