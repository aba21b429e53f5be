"""What a browser does without script: read the forms of a page, fill some fields, send the rest as it is."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client


@dataclass
class Formulaire:
    """A form of a page and what it would send if nothing was typed."""

    action: str
    methode: str
    champs: dict[str, str] = field(default_factory=dict)


class _Lecteur(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.trouves: list[Formulaire] = []
        self.liste = ""
        self.texte: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        read = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.trouves.append(Formulaire(read.get("action", ""), read.get("method", "get").lower()))
        elif self.trouves and tag == "input" and "name" in read:
            if read.get("type") not in {"radio", "checkbox", "submit"} or "checked" in read:
                self.trouves[-1].champs[read["name"]] = read.get("value", "")
        elif self.trouves and tag == "textarea":
            self.texte = read.get("name", "")
            self.trouves[-1].champs[self.texte] = ""
        elif self.trouves and tag == "select":
            self.liste = read.get("name", "")
        elif tag == "option" and self.liste and ("selected" in read or self.liste not in self.trouves[-1].champs):
            self.trouves[-1].champs[self.liste] = read.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.liste = ""
        elif tag == "textarea":
            self.texte = None

    def handle_data(self, data: str) -> None:
        if self.texte is not None:
            self.trouves[-1].champs[self.texte] += data


def find_form(response: HttpResponse, fin: str) -> Formulaire:
    """Return the POST form whose action ends so, or the only one without an action."""
    reader = _Lecteur()
    reader.feed(response.content.decode())
    wanted = [each for each in reader.trouves if each.methode == "post" and each.action.endswith(fin)]
    assert wanted, f"No form ends with {fin} on this page."
    return wanted[0]


def submit(client: Client, response: HttpResponse, fin: str, **typed: str) -> HttpResponse:
    """Fill the form and follow where it leads."""
    form = find_form(response, fin)
    address = form.action or response.request["PATH_INFO"]
    return client.post(address, form.champs | typed, follow=True)
