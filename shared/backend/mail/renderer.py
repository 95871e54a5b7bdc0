from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.backend.mail.mailSender import MailMessage

if TYPE_CHECKING:
    from css_inline import CSSInliner

LOCALES: Final = ("en", "id")
SHARED_TEMPLATES: Final = Path(__file__).parent / "templates"


class MailRenderer:
    """
    Mails from templates: `{locale}/{name}.txt` (first line the subject) and `{locale}/{name}.html`.

    HTML templates extend `layout.html` of shared; styles are inlined, since many mail programs drop style sheets.
    A value a template needs and does not get is an error, never an empty gap.
    """

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([templates, SHARED_TEMPLATES]),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    @cached_property
    def _inliner(self) -> CSSInliner:
        # Imported with the first mail: a server that sends none does not carry the parser of style sheets.
        from css_inline import CSSInliner

        return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)

    def render(self, name: str, locale: str, to: str, values: Mapping[str, object]) -> MailMessage:
        """The mail in this locale; an unknown locale gets English."""
        known = locale if locale in LOCALES else LOCALES[0]
        text = self._environment.get_template(f"{known}/{name}.txt").render(values)
        html = self._environment.get_template(f"{known}/{name}.html").render({**values, "locale": known})
        subject, _, body = text.partition("\n")
        return MailMessage(to=to, subject=subject.strip(), text=body.strip() + "\n", html=self._inliner.inline(html))
