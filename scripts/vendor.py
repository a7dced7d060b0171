"""What pages take from npm: a few files, copied out of node_modules, and one picture with all icons.

`.vendor/static` is served as static files under `vendor/`; `.vendor/tests` is for tests alone.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR, MODULES = ROOT / ".vendor", ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
_STAMP = VENDOR / "stamp"

#: path in node_modules → path in .vendor
FILES = {
    "fullcalendar/all/global.js": "static/fullcalendar/fullcalendar.js",
    "fullcalendar/skeleton.css": "static/fullcalendar/skeleton.css",
    "fullcalendar/themes/forma/global.js": "static/fullcalendar/forma.js",
    "fullcalendar/themes/forma/theme.css": "static/fullcalendar/forma.css",
    "htmx.org/dist/htmx.min.js": "static/htmx.js",
    "axe-core/axe.min.js": "tests/axe.js",
}
#: names at tabler.io/icons; a page shows one by <use href="…/vendor/icons.svg#name">
ICONS = (
    "adjustments alert-triangle arrow-back-up arrow-left arrow-right bell calendar calendar-event calendar-month "
    "calendar-off calendar-plus calendar-week check checkbox chevron-down chevron-left chevron-right circle-check "
    "circle-x clock cloud copy device-mobile dots edit external-link eye eye-off grip-vertical help history "
    "hourglass inbox info-circle key keyboard layout-list layout-sidebar link list lock login logout map-pin menu-2 "
    "minus moon phone player-pause player-play plug-connected plug-connected-x plus puzzle refresh refresh-alert "
    "repeat search settings shield-check square-check stack-2 sun trash unlink user user-circle users video world x"
).split()

_ATTRIBUTES = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


class Missing(Exception):
    """A file or an icon that is named here is not in the packages; the message names it."""


def stamp() -> str:
    """Return what the copies must have been made from to be up to date."""
    return hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def built() -> bool:
    """Return whether the copies there are up to date."""
    return _STAMP.exists() and _STAMP.read_text() == stamp()


def build() -> None:
    """Copy the files out of node_modules and make the sprite; the stamp comes last."""
    _STAMP.unlink(missing_ok=True)
    for folder in ("static", "tests"):
        shutil.rmtree(VENDOR / folder, ignore_errors=True)
    for source, target in FILES.items():
        _copy(MODULES / source, VENDOR / target)
    (VENDOR / "static" / "icons.svg").write_text(sprite(MODULES / "@tabler" / "icons" / "icons" / "outline"))
    _STAMP.write_text(stamp())


def sprite(folder: Path) -> str:
    """Return one picture with a symbol for each icon, drawn in the colour of the text around it."""
    symbols = "\n".join(_symbol(name, folder / f"{name}.svg") for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str, path: Path) -> str:
    """Return one icon as a symbol, without the invisible square that each is drawn on."""
    if not path.exists():
        raise Missing(f"There is no icon {name} in @tabler/icons.")
    drawing = re.sub(r"\s+", " ", path.read_text().partition(">")[2].rpartition("</svg>")[0])
    drawing = drawing.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24" {_ATTRIBUTES}>{drawing}</symbol>'


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise Missing(f"There is no {source.name} in {source.parent.name}: did a package change its layout?")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
