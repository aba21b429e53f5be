"""`manage.py ecrire_cycle`: write docs/cycle_demandes.md from the code. A test says when it is stale."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from demandes.cycle import ETAT_PUBLIC, PASSAGES, Etat, Issue

FICHIER = "docs/cycle_demandes.md"


class Command(BaseCommand):
    """States, passages, issues."""

    help = "Écrit docs/cycle_demandes.md à partir de demandes/cycle.py."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        (settings.RACINE / FICHIER).write_text(draw_cycle(), encoding="utf-8")
        self.stdout.write(f"{FICHIER} écrit.")


def draw_cycle() -> str:
    """Return the page in Markdown: a diagram, the table of passages, the issues."""
    arrows = [f"    {before} --> {after.value}" for before in PASSAGES for after in _in_order(PASSAGES[before])]
    rows = [
        f"| {Etat(before).label} | {ETAT_PUBLIC[before]} | {', '.join(each.label for each in _in_order(afters))} |"
        for before, afters in PASSAGES.items()
    ]
    return "\n".join(
        [
            "# La vie d'une demande",
            "",
            "Page écrite par `manage.py ecrire_cycle` à partir de `demandes/cycle.py` : ne la modifiez pas à la main.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *[f'    state "{etat.label}" as {etat.value}' for etat in Etat],
            "    [*] --> nouvelle",
            "    [*] --> a_traiter",
            *arrows,
            "```",
            "",
            "| État | Ce que voit l'usager | Peut devenir |",
            "|---|---|---|",
            *rows,
            "",
            "Une demande sans type ou sans service est « À qualifier ». La première réponse la met « En cours ».",
            "Un message de l'usager met fin à son attente ; il rouvre une demande close depuis peu (réglage légal).",
            "Un message automatique (absence du bureau) ne change aucun état.",
            "",
            "## Issues",
            "",
            "Une demande est close si, et seulement si, elle a une issue.",
            "",
            *[f"- {issue.label}" for issue in Issue],
            "",
        ]
    )


def _in_order(etats: set[Etat]) -> list[Etat]:
    return [etat for etat in Etat if etat in etats]
