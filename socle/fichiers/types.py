"""The kinds of files we take: the list is closed, anything else is refused."""

from typing import NamedTuple


class TypeFichier(NamedTuple):
    """One kind: its MIME type, the extensions it may bear (the first is ours), its name on screen."""

    mime: str
    extensions: tuple[str, ...]
    libelle: str

    @property
    def is_image(self) -> bool:
        """True for what Pillow decodes and writes again."""
        return self in IMAGES


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

PDF = TypeFichier("application/pdf", ("pdf",), "PDF")
JPEG = TypeFichier("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "image JPEG")
PNG = TypeFichier("image/png", ("png",), "image PNG")
GIF = TypeFichier("image/gif", ("gif",), "image GIF")
WEBP = TypeFichier("image/webp", ("webp",), "image WebP")
TIFF = TypeFichier("image/tiff", ("tif", "tiff"), "image TIFF")
HEIC = TypeFichier("image/heic", ("heic", "heif", "hif"), "image HEIC")
DOCX = TypeFichier(f"{_OOXML}.wordprocessingml.document", ("docx",), "document Word")
XLSX = TypeFichier(f"{_OOXML}.spreadsheetml.sheet", ("xlsx",), "classeur Excel")
PPTX = TypeFichier(f"{_OOXML}.presentationml.presentation", ("pptx",), "présentation PowerPoint")
ODT = TypeFichier(f"{_ODF}.text", ("odt",), "document OpenDocument")
ODS = TypeFichier(f"{_ODF}.spreadsheet", ("ods",), "classeur OpenDocument")
ODP = TypeFichier(f"{_ODF}.presentation", ("odp",), "présentation OpenDocument")
DOC = TypeFichier("application/msword", ("doc",), "document Word")
XLS = TypeFichier("application/vnd.ms-excel", ("xls",), "classeur Excel")
PPT = TypeFichier("application/vnd.ms-powerpoint", ("ppt", "pps"), "présentation PowerPoint")
RTF = TypeFichier("application/rtf", ("rtf", "doc"), "document RTF")
TXT = TypeFichier("text/plain", ("txt", "text", "log", "md"), "texte")
CSV = TypeFichier("text/csv", ("csv", "tsv"), "tableau CSV")
ICS = TypeFichier("text/calendar", ("ics",), "rendez-vous")
VCF = TypeFichier("text/vcard", ("vcf",), "fiche de contact")
EML = TypeFichier("message/rfc822", ("eml",), "courriel")
ZIP = TypeFichier("application/zip", ("zip",), "ZIP")

IMAGES_COURANTES = (JPEG, PNG, GIF, WEBP, TIFF)
IMAGES = frozenset(IMAGES_COURANTES)
DOCUMENTS_ZIP = (DOCX, XLSX, PPTX, ODT, ODS, ODP)
TEXTES = (CSV, ICS, VCF, EML)  # told apart by their extension; any other text is a text
TYPES = (PDF, JPEG, PNG, GIF, WEBP, TIFF, HEIC, *DOCUMENTS_ZIP, DOC, XLS, PPT, RTF, TXT, *TEXTES, ZIP)
# For `accept`. Without HEIC, which we take all the same: asked for a JPEG, a telephone converts its photos itself.
EXTENSIONS_ACCEPTEES = ",".join(
    [each.mime for each in IMAGES_COURANTES] + [f".{x}" for each in TYPES if each is not HEIC for x in each.extensions]
)
PAR_MIME = {each.mime: each for each in TYPES}

# What Windows, macOS or a browser would run on a double click, whatever is inside. Names may lie, so may contents.
EXTENSIONS_REFUSEES = frozenset(
    "ade adp apk app appx appxbundle bas bat cab chm cmd com cpl dll dmg docm dotm exe gadget hta htm html inf "
    "ins iso img jar jnlp js jse ksh lnk mde mht mhtml msc msh msi msix msp mst ocx one pif ppam ppsm pptm "
    "potm ps1 ps1xml ps2 psc1 py pyw rb reg scf scr sct sh shtml svg svgz swf sys url vb vba vbe vbs vhd vhdx "
    "vxd wasm webarchive ws wsc wsf wsh xhtml xlam xlsb xlsm xltm xll xht xml xsl xslt".split()
)


def describe_mime(mime: str) -> str:
    """Return the name of a kind on screen: « PDF », « image JPEG »; « fichier » for one we do not know."""
    found = PAR_MIME.get(mime)
    return found.libelle if found else "fichier"
