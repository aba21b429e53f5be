"""Why a file is not taken. Each refusal is a French sentence for whoever sent the file."""

from socle.ecriture import write_taille


class FichierRefuse(ValueError):
    """A file we do not take; `str()` is a French sentence that says what to do instead."""


class FichierVide(FichierRefuse):
    """Nothing inside."""

    def __init__(self) -> None:
        super().__init__("Ce fichier est vide.")


class FichierTropLourd(FichierRefuse):
    """Heavier than the limit, in bytes."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"Ce fichier est trop lourd\u00a0: {write_taille(maximum)} au plus.")


class EnsembleTropLourd(FichierRefuse):
    """Together, the files of one message weigh more than the limit, in bytes."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"Avec ce fichier, l'ensemble serait trop lourd\u00a0: {write_taille(maximum)} au plus.")


class FichiersTropNombreux(FichierRefuse):
    """More files than one message takes."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"Il y a trop de fichiers\u00a0: {maximum} au plus par message.")


class TypeNonAccepte(FichierRefuse):
    """A kind of file that is not in the list."""

    def __init__(self) -> None:
        super().__init__(
            "Ce type de fichier n'est pas accepté. "
            "Envoyez un PDF, une photo, un document bureautique, un texte ou un ZIP."
        )


class ProgrammeRefuse(FichierRefuse):
    """A program or a script, whatever its name."""

    def __init__(self) -> None:
        super().__init__("Ce fichier est un programme\u00a0: il ne peut pas être accepté.")


class PageRefusee(FichierRefuse):
    """HTML, SVG, XML: a browser would run what it holds."""

    def __init__(self) -> None:
        super().__init__("Les pages web et les images SVG ne sont pas acceptées. Envoyez un PDF ou une image.")


class MacrosRefusees(FichierRefuse):
    """An office document that carries a program."""

    def __init__(self) -> None:
        super().__init__("Ce document contient des macros. Enregistrez-le sans macro, ou en PDF.")


class FichierProtege(FichierRefuse):
    """Encrypted: nobody can say what is inside."""

    def __init__(self) -> None:
        super().__init__("Ce fichier est protégé par un mot de passe\u00a0: envoyez-le sans protection.")


class ArchiveExcessive(FichierRefuse):
    """A small archive that unfolds into a huge one (« zip bomb »), or holds archives upon archives."""

    def __init__(self) -> None:
        super().__init__("Ce fichier compressé contient trop de données. Envoyez les fichiers un par un.")


class ArchiveSuspecte(FichierRefuse):
    """An archive that holds a program, a page, or another file we would not take alone."""

    def __init__(self, nom: str) -> None:
        super().__init__(f"Ce ZIP contient un fichier qui ne peut pas être accepté\u00a0: «\u00a0{nom}\u00a0».")


class FichierAbime(FichierRefuse):
    """It says it is of a kind and can't be read as such."""

    def __init__(self) -> None:
        super().__init__("Ce fichier est abîmé ou incomplet. Ouvrez-le pour le vérifier, puis envoyez-le de nouveau.")


class ImageTropGrande(FichierRefuse):
    """More points than we agree to decode."""

    def __init__(self, millions: int) -> None:
        super().__init__(f"Cette image est trop grande\u00a0: {millions}\u00a0millions de points au plus.")
