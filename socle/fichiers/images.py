"""Images written again: the place, the date and the device that a phone hides in them (EXIF) do not come in.

Turned upright first, since the orientation is itself in the EXIF. Only the colour profile is kept.
"""

import io
import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.conf import settings
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from socle.fichiers.refus import FichierAbime, ImageTropGrande
from socle.fichiers.types import GIF, JPEG, PNG, TIFF, WEBP, TypeFichier

_FORMATS: dict[TypeFichier, str] = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP", TIFF: "TIFF"}
_QUALITE: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 88, "method": 2},
    "TIFF": {"compression": "tiff_adobe_deflate"},
    "GIF": {"comment": b""},
}
_PAGES = 100  # frames or pages of one image
_APERCU = 1600  # points: longest side of a preview


def reencode(flux: BinaryIO, kind: TypeFichier) -> bytes:
    """Return the image without metadata, upright, in its own format; every page of a TIFF, every frame of a GIF.

    Raises ImageTropGrande before decoding anything, FichierAbime.
    """
    return _guard(flux, _FORMATS[kind], _write_again)


def make_preview(flux: BinaryIO, kind: TypeFichier) -> bytes:
    """Return the first page or frame as a JPEG of 1,600 points at most, to show in a page. Raises as `reencode`."""
    return _guard(flux, _FORMATS[kind], _shrink)


def _guard(flux: BinaryIO, code: str, write: Any) -> bytes:
    """Open with one decoder only, measure before decoding, and turn any failure of the decoder into a refusal."""
    flux.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(flux, formats=["JPEG", "MPO"] if code == "JPEG" else [code]) as image:
                _verify_size(image)
                done: bytes = write(image, code)
                return done
    except Image.DecompressionBombError as error:
        raise ImageTropGrande(settings.IMAGE_MAX // 10**6) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        if isinstance(error, ImageTropGrande):
            raise
        raise FichierAbime from error
    finally:
        flux.seek(0)


def _verify_size(image: Image.Image) -> None:
    pages = min(getattr(image, "n_frames", 1), _PAGES + 1)
    if image.width * image.height > settings.IMAGE_MAX or pages > _PAGES:
        raise ImageTropGrande(settings.IMAGE_MAX // 10**6)


def _write_again(image: Image.Image, code: str) -> bytes:
    output = io.BytesIO()
    options, profile = dict(_QUALITE[code]), image.info.get("icc_profile")
    if profile:
        options["icc_profile"] = profile
    is_many = code in {"GIF", "TIFF", "WEBP"} and getattr(image, "n_frames", 1) > 1
    rhythm = _read_rhythm(image, code)
    frames = _list_frames(image, code)
    first = next(frames)
    if is_many:
        options |= {"save_all": True, "append_images": frames} | rhythm
    first.save(output, code, **options)
    return output.getvalue()


def _read_rhythm(image: Image.Image, code: str) -> dict[str, Any]:
    return {} if code == "TIFF" else {"duration": image.info.get("duration", 100), "loop": image.info.get("loop", 0)}


def _list_frames(image: Image.Image, code: str) -> Iterator[Image.Image]:
    """Yield copies that hold nothing but points, upright; a JPEG keeps only its main image."""
    if code in {"JPEG", "PNG"}:
        yield _strip(image)  # in place: a photo of 48 million points is 144 MB
        return
    for count, frame in enumerate(ImageSequence.Iterator(image)):
        if count >= _PAGES or frame.width * frame.height > settings.IMAGE_MAX:
            raise ImageTropGrande(settings.IMAGE_MAX // 10**6)
        yield _strip(frame.copy())


def _strip(frame: Image.Image) -> Image.Image:
    frame.load()
    ImageOps.exif_transpose(frame, in_place=True)
    frame.info = {name: frame.info[name] for name in ("transparency", "background") if name in frame.info}
    frame.getexif().clear()
    return frame


def _shrink(image: Image.Image, code: str) -> bytes:
    if code == "JPEG":
        image.draft("RGB", (_APERCU, _APERCU))
    image.seek(0)
    small = ImageOps.exif_transpose(image)
    small.thumbnail((_APERCU, _APERCU))
    if small.mode not in {"RGB", "L"}:
        opaque = Image.new("RGB", small.size, "white")
        layer = small.convert("RGBA")
        opaque.paste(layer, mask=layer.getchannel("A"))
        small = opaque
    output = io.BytesIO()
    small.info = {}
    small.save(output, "JPEG", quality=82)
    return output.getvalue()
