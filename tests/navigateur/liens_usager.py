"""Secret links of the usager's pages, written in the demonstration so that a browser can open them."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.concours import jetons
from demandes.concours.avis import DemandeAvis, ask_avis
from demandes.concours.complements import Question, ask_complements
from demandes.models import Demande, Satisfaction
from demandes.suivi.clefs import sign_passe


def write_liens(agent: Agent) -> tuple[int, dict[str, str]]:
    """Ask for documents and for an opinion about one demande; return it, and « route » → token."""
    now = timezone.now()
    by = Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)
    filed = Demande.objects.for_fiche().filter(
        etat="en_cours", usager__isnull=False, type__version_courante__isnull=False
    )
    demande = next(each for each in filed.order_by("pk") if each.type.version_courante.schema["pieces"])
    schema = demande.type.version_courante.schema
    last = now.date() + timedelta(days=20)
    question = Question(
        "incomplet", last, "guichet", [each["code"] for each in schema["champs"]],
        [each["code"] for each in schema["pieces"]], ["Plan coté"], "Règlement de voirie", "La photo est trop sombre.",
        is_superviseur=True,
    )  # fmt: skip
    complement = ask_complements(
        demande=demande, version=demande.version, question=question, clef=uuid4(), by=by, at=now
    )
    asked = DemandeAvis("Architecte des Bâtiments de France", "abf@exemple.fr", "L'enseigne convient-elle ?", last)
    version = Demande.objects.get(pk=demande.pk).version
    avis = ask_avis(demande=demande, version=version, asked=asked, clef=uuid4(), by=by, at=now)
    closed = Demande.objects.filter(etat="close").order_by("pk")[0]
    jeton = jetons.draw()
    Satisfaction.objects.create(
        demande=closed, jeton=jetons.fingerprint(jeton), canal="courriel", asked_at=now,
        closed_at=now - timedelta(days=1),
    )  # fmt: skip
    return demande.pk, {
        "usager/demande": sign_passe(demande),
        "usager/complements": jetons.derive("complement", complement.clef),
        "usager/avis": jetons.derive("avis", avis.clef),
        "usager/satisfaction": jeton,
    }
