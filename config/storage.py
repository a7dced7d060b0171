"""How static files are named in production."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """Names with hashes, in the imports of our modules too, so that scripts of two versions never meet in a browser."""

    support_js_module_import_aggregation = True
