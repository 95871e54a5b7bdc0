from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

import structlog

from shared.backend.http.requestContext import currentRequest

Category = Literal["security", "application", "performance", "error", "audit"]
EventDict = MutableMapping[str, object]

REDACTED: Final = "[redacted]"
_LIBRARIES: Final = "site-packages"
_SECRET_NAME: Final = re.compile(
    r"pass(word|phrase|app)?$|secret|token|authorization|cookie|^code$|otp|signature|private|masterkey|apikey|ciphertext",
    re.IGNORECASE,
)
_PERSONAL_NAME: Final = re.compile(r"email|fullname|phone|customernumber|accountname|address$", re.IGNORECASE)
_ADDRESS_TEXT: Final = re.compile(r"[\w.!#$%&*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)*")
_SECRET_TEXT: Final = re.compile(r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]+|(://[^:/@\s]+:)[^@\s]+(@)")


def configureLogging(level: str = "INFO", style: Literal["json", "console"] = "json") -> None:
    """One line per fact on standard output: JSON in production, readable text in development."""
    renderers: Sequence[structlog.typing.Processor] = (
        [structlog.processors.JSONRenderer()]
        if style == "json"
        else [_addReadableTime, structlog.dev.ConsoleRenderer(colors=False, event_key="message")]
    )
    structlog.configure(
        processors=[_addContext, redact, structlog.processors.EventRenamer("message"), *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stdout),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(levelname)s %(name)s %(message)s")


def redact(_: object, __: str, event: EventDict) -> EventDict:
    """Secrets and personal data never reach the log, whatever a caller passes."""
    return {name: _redacted(name, value) for name, value in event.items()}


def _redacted(name: str, value: object) -> object:
    if _SECRET_NAME.search(name) or _PERSONAL_NAME.search(name):
        return REDACTED
    if isinstance(value, Mapping):
        return {key: _redacted(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted(name, item) for item in value]
    if isinstance(value, str):
        return _redactedText(value)
    return value


def _redactedText(text: str) -> str:
    """Without what looks like a credential or a mail address: messages of others repeat what they were given."""
    withoutSecrets = _SECRET_TEXT.sub(lambda match: f"{match[1] or match[2]}{REDACTED}{match[3] or ''}", text)
    return _ADDRESS_TEXT.sub(REDACTED, withoutSecrets) if "@" in withoutSecrets else withoutSecrets


def _addContext(_: object, __: str, event: EventDict) -> EventDict:
    context = currentRequest.get()
    stamped: EventDict = {"timestampMs": time.time_ns() // 1_000_000}
    stamped.update(event)
    if context is not None:
        stamped["requestId"] = context.requestId
        stamped["clientIp"] = context.clientIp
    return stamped


def _addReadableTime(_: object, __: str, event: EventDict) -> EventDict:
    milliseconds = int(str(event.pop("timestampMs")))
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return {"timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z", **event}


class CategoryLogger:
    """Writes facts of one category. `label` is a dotted, past-tense event name; `message` is for people."""

    def __init__(self, service: str, category: Category, kind: Literal["system", "user"]) -> None:
        self._service, self._category, self._kind = service, category, kind

    def info(self, label: str, message: str = "", **facts: object) -> None:
        self._write("info", label, message, facts)

    def warning(self, label: str, message: str = "", **facts: object) -> None:
        self._write("warning", label, message, facts)

    def error(self, label: str, message: str = "", exception: BaseException | None = None, **facts: object) -> None:
        """As the others; `exception` adds its type, message and stack: the lines that are ours, and the last one."""
        if exception is not None:
            facts["error"] = {
                "type": type(exception).__name__,
                "message": _firstLine(exception),
                "stack": _stackOf(exception),
            }
        self._write("error", label, message, facts)

    def _write(
        self, level: Literal["info", "warning", "error"], label: str, message: str, facts: dict[str, object]
    ) -> None:
        write = getattr(structlog.get_logger(), level)
        write(
            message or label,
            level=level,
            service=self._service,
            category=self._category,
            type=self._kind,
            label=label,
            **facts,
        )


def _stackOf(exception: BaseException) -> str:
    frames = traceback.extract_tb(exception.__traceback__)
    telling = [frame for frame in frames[:-1] if _LIBRARIES not in frame.filename] + frames[-1:]
    return "".join(traceback.format_list(telling))


def _firstLine(exception: BaseException) -> str:
    # Later lines of database errors repeat the statement's parameters, which may be personal.
    lines = str(exception).splitlines()
    return lines[0] if lines else ""


class SystemLogger:
    """What the system has to say of itself, by category."""

    def __init__(self, service: str) -> None:
        self.security = CategoryLogger(service, "security", "system")
        self.application = CategoryLogger(service, "application", "system")
        self.performance = CategoryLogger(service, "performance", "system")
        self.error = CategoryLogger(service, "error", "system")


class UserLogger:
    """What people did, for those who follow the log; the audit trail in PostgreSQL is the record."""

    def __init__(self, service: str) -> None:
        self.audit = CategoryLogger(service, "audit", "user")
