"""Static files: hashed names, compressed, also inside our own ES module imports."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_, _REGLES = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns  # noqa: SLF001


class StatiquesManifest(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites `import './x.js'` of our modules too, else they would load stale neighbours.

    Only ours (`static/js/`): htmx's extensions say `import("../htmx")` in a type comment, which is no file.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("js/*.js", _REGLES)
