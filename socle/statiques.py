"""Static files: hashed names, compressed, also inside ES module imports."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StatiquesManifest(CompressedManifestStaticFilesStorage):
    """Rewrites `import './x.js'` too, else modules would load stale neighbours."""

    support_js_module_import_aggregation = True
