from __future__ import annotations

from typing import Final

# First match wins: Edge and Opera call themselves Chrome, Chrome calls itself Safari.
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_UNKNOWN: Final = "Unknown device"
_MAX_LENGTH: Final = 100


def describeDevice(userAgent: str) -> str:
    """A few words by which a person recognises a device: `Firefox on Linux`, or a program's own name."""
    browser = next((name for mark, name in _BROWSERS if mark in userAgent), None)
    system = next((name for mark, name in _SYSTEMS if mark in userAgent), None)
    if browser is not None:
        return f"{browser} on {system}" if system else browser
    product = userAgent.partition(" ")[0].partition("/")[0]
    printable = "".join(character for character in product if character.isprintable())
    return printable[:_MAX_LENGTH] or system or _UNKNOWN
