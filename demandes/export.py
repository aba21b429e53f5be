"""A spreadsheet of exactly what the list shows: the same view, filters, columns and order, every page of it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO

from django.utils import timezone

from collectivites.acces import Acces
from demandes.listes import COLONNES, ORDRES, Filtres, filtered, read_page
from demandes.listes.colonnes import Valeur
from demandes.models import Demande
from socle.ecriture import local

LIGNES_MAX = 20_000  # about four seconds of a web worker; a wider export is asked in parts
_LOT = 1_000
_FORMULES = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV injection)
ENTETES = ("Numéro", "Objet")


class ExportTropGrand(ValueError):
    """More rows than a web request should write."""

    def __init__(self) -> None:
        super().__init__(
            f"Cette liste dépasse {LIGNES_MAX} demandes\u00a0: filtrez par dates ou par service, puis exportez en "
            "plusieurs fois."
        )


def list_rows(filtres: Filtres, acces: Acces, *, at: datetime) -> Iterator[Demande]:
    """Yield the demandes of the list, in its order (one query a thousand rows). Raises ExportTropGrand."""
    rows = filtered(filtres, acces, at=at).for_list()
    order, after, count = ORDRES[filtres.ordre_effectif], "", 0
    while True:
        page = read_page(rows, order, apres=after, taille=_LOT)
        count += len(page.demandes)
        if count > LIGNES_MAX:
            raise ExportTropGrand
        yield from page.demandes
        if not page.suivant:
            return
        after = page.suivant


def write_csv(target: IO[str], filtres: Filtres, rows: Iterable[Demande], *, at: datetime) -> int:
    """Write the rows for a French spreadsheet (semicolons; the caller opens in utf-8-sig); return how many."""
    writer = csv.writer(target, delimiter=";")
    writer.writerow(_head(filtres))
    count = 0
    for count, demande in enumerate(rows, 1):  # noqa: B007 the count is the answer
        writer.writerow([_disarm(_say(value)) for value in _values(demande, filtres, at)])
    return count


def write_xlsx(target: Path, filtres: Filtres, rows: Iterable[Demande], *, at: datetime) -> int:
    """Write the rows as a workbook, dates as dates, in constant memory; return how many."""
    import xlsxwriter  # noqa: PLC0415 a tenth of a second that only a workbook needs

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet("Demandes")
        day, moment = (
            book.add_format({"num_format": "dd/mm/yyyy"}),
            book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        )
        bold = book.add_format({"bold": True})
        for column, width in enumerate([16, 40, *(COLONNES[code].largeur for code in filtres.colonnes)]):
            sheet.set_column(column, column, width)
        for column, title in enumerate(_head(filtres)):
            sheet.write_string(0, column, title, bold)
        sheet.freeze_panes(1, 1)
        for count, demande in enumerate(rows, 1):
            for column, value in enumerate(_values(demande, filtres, at)):
                if isinstance(value, datetime):
                    sheet.write_datetime(count, column, local(value).replace(tzinfo=None), moment)
                elif isinstance(value, date):
                    sheet.write_datetime(count, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                else:
                    sheet.write_string(count, column, str(value))
    return count


def _head(filtres: Filtres) -> list[str]:
    return [*ENTETES, *(COLONNES[code].libelle for code in filtres.colonnes)]


def _values(demande: Demande, filtres: Filtres, at: datetime) -> Sequence[Valeur]:
    return [demande.numero, demande.objet, *(COLONNES[code].value(demande, at) for code in filtres.colonnes)]


def _say(value: Valeur) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)


def _disarm(text: str) -> str:
    """A cell that a spreadsheet would run becomes a text."""
    return f"'{text}" if text.startswith(_FORMULES) else text


def name_file(acces: Acces, *, at: datetime, format_: str) -> str:
    """Return « demandes-aurelle-2026-11-22.xlsx »."""
    return f"demandes-{acces.collectivite.slug}-{timezone.localdate(at):%Y-%m-%d}.{format_}"
