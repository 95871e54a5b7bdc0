from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shared.backend.mail.mailSender import MailMessage, SmtpMailSender
from shared.backend.mail.renderer import MailRenderer


@pytest.fixture
def renderer(tmp_path: Path) -> MailRenderer:
    for locale, greeting in (("en", "Hello"), ("id", "Halo")):
        folder = tmp_path / locale
        folder.mkdir()
        (folder / "greet.txt").write_text(f"{greeting} {{{{ name }}}}\n\n{greeting}, {{{{ name }}}}.\n")
        (folder / "greet.html").write_text(
            '{% extends "layout.html" %}{% block body %}<p class="quiet">' + greeting + " {{ name }}</p>{% endblock %}"
        )
    return MailRenderer(tmp_path)


@pytest.mark.parametrize(("locale", "greeting"), [("en", "Hello"), ("id", "Halo"), ("fr", "Hello")])
def testAMailSpeaksTheReadersLanguage(renderer: MailRenderer, locale: str, greeting: str) -> None:
    mail = renderer.render("greet", locale, "budi@example.com", {"name": "Budi"})
    assert mail.subject == f"{greeting} Budi"
    assert mail.text == f"{greeting}, Budi.\n"
    assert f"{greeting} Budi" in mail.html


def testHtmlIsEscapedAndItsStylesAreInlined(renderer: MailRenderer) -> None:
    mail = renderer.render("greet", "en", "budi@example.com", {"name": "<script>alert(1)</script>"})
    assert "<script>" not in mail.html
    assert '<p class="quiet" style="' in mail.html


def testAMissingValueIsAnErrorAndNotAGap(renderer: MailRenderer) -> None:
    with pytest.raises(UndefinedError):
        renderer.render("greet", "en", "budi@example.com", {})


def testAHeaderCannotBeSmuggledThroughASubject() -> None:
    sender = SmtpMailSender("127.0.0.1", 1, "K <no-reply@localhost>")
    message = MailMessage(to="budi@example.com", subject="x\r\nBcc: all@example.com", text="t", html="h")
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        sender._compose(message)
