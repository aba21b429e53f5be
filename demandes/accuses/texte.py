"""The text of an acknowledgement, and the proof of which mentions it really carries."""

from dataclasses import dataclass

from collectivites.models import Collectivite
from demandes.accuses.decision import Bloc, Silence, describe_decision
from demandes.accuses.mentions import AEE, PAPIER, Mention, read_coordonnees
from demandes.courriers import build_accuse, show_telephone
from demandes.models import Demande, DemandeComplement, Echeance, NatureEcheance
from demandes.models.type_demande import VersionFormulaire
from socle.ecriture import write_jour
from socle.texte import normalise

ENREGISTREMENT, RECEPTION = "demande.accuse_enregistrement", "demande.accuse_reception"
_ELECTRONIQUE = (
    "Ce message est l'accusé de réception de votre demande (articles L112-11 et R112-11-1 du code des relations entre "
    "le public et l'administration)."
)
_PAPIER = (
    "Cette lettre est l'accusé de réception de votre demande (articles L112-3 et R112-5 du code des relations entre "
    "le public et l'administration)."
)


@dataclass(frozen=True)
class Contenu:
    """What fills the town's text, and the words that carry each mention."""

    occasion: str
    variables: dict[str, str]
    porte: dict[Mention, str]

    def list_carried(self, texte: str) -> list[str]:
        """Return the mentions whose words are in the text that left: the town may have rewritten it."""
        said = normalise(texte)
        return [mention.value for mention, words in self.porte.items() if words and normalise(words) in said]


def build_contenu(demande: Demande, *, nature: str, canal: str, town: Collectivite) -> Contenu:
    """Return what an acknowledgement of this nature says on this channel (one query for a receipt, two later)."""
    court = canal == "sms"
    variables = build_accuse(demande, usager=demande.usager, collectivite=town, canal=canal)
    porte = {Mention.RECEPTION: variables["recue_le"]}
    if nature == AEE:
        return Contenu(ENREGISTREMENT, variables, porte)
    bloc = _describe_silence(demande, court=court)
    known = read_coordonnees(demande.service, town)
    porte |= {
        Mention.SERVICE: known.service,
        Mention.ADRESSE: known.postale if nature == PAPIER else known.courriel or known.postale,
        Mention.TELEPHONE: show_telephone(known.telephone),
    }
    more = {"decision": bloc.texte, "pieces": describe_pieces(demande), "mentions": "" if court else _ELECTRONIQUE}
    if nature == PAPIER:
        more |= {"mentions": _PAPIER, "reference": ""}
    return Contenu(RECEPTION, variables | more, porte | bloc.porte)


def _describe_silence(demande: Demande, *, court: bool) -> Bloc:
    """Read the dates that the clocks wrote: what the acknowledgement tells is what the screen shows."""
    natures = (NatureEcheance.DECISION, NatureEcheance.REPONSE)
    row = Echeance.objects.filter(demande=demande, nature__in=natures).order_by("pk").first()
    silence = Silence(nature=row.nature, effet=row.effet, jour=row.due_on, base=row.base) if row else None
    return describe_decision(demande.type, silence, court=court)


def describe_pieces(demande: Demande) -> str:
    """Return what is still missing, until when and with which effect (CRPA R112-11-4, L114-5); empty when nothing."""
    asked = DemandeComplement.objects.filter(demande=demande, answered_at=None, cancelled_at=None).first()
    if asked is None or not asked.pieces:
        return ""
    names = _name_pieces(demande.version_formulaire_id)
    what = "\u00a0; ".join(names.get(str(code), str(code)) for code in asked.pieces)
    text = (
        f"Il manque à votre dossier\u00a0: {what}. À fournir au plus tard le {write_jour(asked.delai_on, annee=True)}."
    )
    return f"{text} D'ici là, le délai ne court plus." if asked.is_indispensable else text


def _name_pieces(version_id: int | None) -> dict[str, str]:
    """Return the words of each document of the form that was filled."""
    version = VersionFormulaire.objects.filter(pk=version_id).first() if version_id else None
    return {each["code"]: each["libelle"] for each in version.schema.get("pieces", [])} if version else {}
