"""Who may see a demande without account: its code, and a name or an address of the one who asked.

The page then carries a signed pass that lasts two hours: no cookie, no session, nothing stored.
"""

from datetime import timedelta

from django.core import signing

from citoyens.models import PointContact, Usager
from collectivites.cloison import get_active_id
from demandes.models import Demande, Message
from demandes.travail.fusionnees import find_kept
from socle.telephone import NumeroIllisible, parse_numero
from socle.texte import normalise

DUREE = timedelta(hours=2)
AUTRES_MOTS = 5  # « Madame Samira Leïla Anne Haddad, épouse »: beside the name that is looked for
LONGUEUR = 8  # letters of a code, without its hyphen


def read_code(typed: str) -> str:
    """Return « QZ4K-8TTM » from what was typed (« qz4k 8ttm »); empty for what can't be a code."""
    bare = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    return f"{bare[:4]}-{bare[4:]}" if len(bare) == LONGUEUR else ""


def find_demande(*, code: str, qui: str) -> Demande | None:
    """Return the demande of this code if `qui` is who asked (name, e-mail or phone), else None: never why.

    The code of a merged demande leads to the one kept, for whoever may see that one; the others keep their own page.
    """
    found = Demande.objects.for_fiche().filter(code_suivi=read_code(code)).first()
    if found is None or not is_known(found, qui):
        return None
    kept = _lead(found)
    return kept if is_known(kept, qui) else found


def _lead(demande: Demande) -> Demande:
    """Where the conversation goes on, as its page needs it."""
    if demande.fusionnee_dans_id is None:
        return demande
    return Demande.objects.for_fiche().get(pk=find_kept(demande).pk)


def is_known(demande: Demande, qui: str) -> bool:
    """True when what was typed names the usager, or is an address this demande is answered at."""
    typed = qui.strip()
    if not typed:
        return False
    if "@" in typed:
        return typed.lower() in _list_courriels(demande)
    try:
        return parse_numero(typed) in _list_points(demande, PointContact.Nature.MOBILE, PointContact.Nature.FIXE)
    except NumeroIllisible:
        return demande.usager is not None and is_named(demande.usager, typed)


def is_named(usager: Usager, typed: str) -> bool:
    """True when every word of the name in use, or of the birth name, is in what was typed.

    A civility and first names may come with it; a list of the commonest names of the country may not.
    """
    said = set(normalise(typed).split())
    names = [set(normalise(name).split()) for name in (usager.nom, usager.nom_naissance) if name]
    return any(words and words <= said and len(said - words) <= AUTRES_MOTS for words in names)


def _list_points(demande: Demande, *natures: str) -> set[str]:
    if demande.usager is None:
        return set()
    points = PointContact.objects.filter(liens__usager=demande.usager, nature__in=natures)
    return set(points.values_list("normalisee", flat=True))


def _list_courriels(demande: Demande) -> set[str]:
    first = Message.objects.filter(demande=demande, sens=Message.Sens.ENTRANT, canal="courriel").order_by("at", "pk")
    wrote = {adresse.lower() for adresse in first.values_list("adresse", flat=True)[:1]}
    return (wrote | _list_points(demande, PointContact.Nature.COURRIEL)) - {""}


def sign_passe(demande: Demande) -> str:
    """Return what opens the page of this demande for two hours."""
    return signing.dumps(demande.pk, salt=_salt(), compress=False)


def read_passe(passe: str) -> Demande | None:
    """Return the demande of a pass of this town, None when it is forged or too old."""
    try:
        pk = signing.loads(passe, salt=_salt(), max_age=DUREE)
    except signing.BadSignature:
        return None
    found = Demande.objects.for_fiche().filter(pk=pk).first()
    if found is None:
        return None
    kept = _lead(found)  # merged since: followed only by the same person
    return kept if kept.usager_id == found.usager_id and kept.usager_id is not None else found


def _salt() -> str:
    return f"suivi:{get_active_id()}"
