"""Components that hold a content; they belong to `{% load composants %}`."""

from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from socle.rendu import draw

register = template.Library()

SENS = {"recu": "Reçu", "envoye": "Envoyé", "automatique": "Envoi automatique", "note": "Note interne"}


@register.simple_block_tag
def carte(
    content: str, titre: str = "", icone: str = "", *, niveau: int = 2, url: str = "", action: str = "",
    bord: bool = True, **attributs: Any,
) -> SafeString:  # fmt: skip
    """A white card. Further options: classe, pied, defile."""
    options = {name: attributs.pop(name, "") for name in ("classe", "pied", "defile")}
    return draw(
        "carte",
        content,
        attributs,
        titre=titre,
        icone=icone,
        niveau=niveau,
        url=url,
        action=action,
        bord=bord,
        **options,
    )


@register.simple_block_tag
def avis(content: str, ton: str = "info", titre: str = "", role: str = "", **attributs: Any) -> SafeString:
    """A notice in the page."""
    return draw("avis", content, attributs, ton=ton, titre=titre, role=role)


@register.simple_block_tag
def vide(content: str, titre: str, icone: str = "inbox", url: str = "", bouton: str = "") -> SafeString:
    """An empty state: what would be here, and the one button that fills it."""
    return draw("vide", content, {}, titre=titre, icone=icone, url=url, bouton=bouton)


@register.simple_block_tag
def chiffre(content: str, libelle: str, valeur: str) -> SafeString:
    """One figure of a dashboard and the line that explains it."""
    return draw("chiffre", content, {}, libelle=libelle, valeur=valeur)


@register.simple_block_tag
def dialogue(content: str, id: str, titre: str, *, ouvert: bool = False, **attributs: Any) -> SafeString:  # noqa: A002
    """A native <dialog>."""
    return draw("dialogue", content, attributs, id=id, titre=titre, ouvert=ouvert)


@register.simple_block_tag
def evenement(
    content: str, titre: str, instant: datetime, *, icone: str = "", canal: str = "", url: str = "", etat: str = "",
    **attributs: Any,
) -> SafeString:  # fmt: skip
    """One row of the timeline. Further options: ton, style, cloisonne."""
    ton, style = attributs.pop("ton", "neutre"), attributs.pop("style", "heure")
    walled = bool(attributs.pop("cloisonne", False))
    return draw(
        "evenement", content, attributs, titre=titre, instant=instant, icone=icone, canal=canal, url=url, etat=etat,
        ton=ton, style=style, cloisonne=walled,
    )  # fmt: skip


@register.simple_block_tag
def echange(
    content: str, sens: str, auteur: str, instant: datetime, *, canal: str = "", precision: str = "", etat: str = "",
    **attributs: Any,
) -> SafeString:  # fmt: skip
    """One message of a conversation. Further option: ton."""
    ton = attributs.pop("ton", "neutre")
    return draw(
        "echange", content, attributs, sens=sens, genre=SENS[sens], auteur=auteur, instant=instant, canal=canal,
        precision=precision, etat=etat, ton=ton,
    )  # fmt: skip


@register.simple_block_tag(takes_context=True)
def zone_reponse(
    context: Context, content: str, action: str, modes: list[Any], *, mode: str = "", clef: str = "", texte: str = "",
    **attributs: Any,
) -> SafeString:  # fmt: skip
    """The answering area. Further options: nom_mode, nom_texte, erreur, regard."""
    chosen = next((each for each in modes if _read(each, "code") == mode), modes[0])
    options = {"nom_mode": "canal", "nom_texte": "texte", "erreur": "", "regard": ""}
    options |= {name: attributs.pop(name) for name in list(options) if name in attributs}
    return draw(
        "zone_reponse", content, attributs, action=action, modes=modes, choisi=chosen, code=_read(chosen, "code"),
        clef=clef, texte=texte, csrf_token=context.get("csrf_token", ""), **options,
    )  # fmt: skip


def _read(item: Any, name: str) -> Any:
    return item[name] if isinstance(item, dict) else getattr(item, name)
