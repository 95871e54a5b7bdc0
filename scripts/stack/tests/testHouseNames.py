from __future__ import annotations

import pytest

from scripts.stack.houseNames import breachesOf

HEAD = "from __future__ import annotations\n"
GOOD = """
from collections.abc import Callable
from lib import Base
LIMIT = 3
Handler = Callable[[], None]
class PaymentService:
    model_config = {}
    def __init__(self, openWork: int, *_: object) -> None:
        self._openWork, _ = openWork, 1
    async def execute(self, **manyThings: int) -> None: ...
class _Private(Base):
    def handle_message(self, some_name: int) -> None: ...
"""


def saidOf(source: str, path: str = "KAuthApp/backend/domain/models/payment.py") -> list[str]:
    return [str(breach) for breach in breachesOf(path, HEAD + source)]


def testGoodNamesPass() -> None:
    assert saidOf(GOOD) == []


@pytest.mark.parametrize(
    "source",
    [
        "class payment: ...",
        "class Payment_Service: ...",
        "def get_payment() -> None: ...",
        "def getPayment(owner_id: int) -> None: ...",
        "owner_id = 1",
        "for row_number in (): ...",
        "class A:\n    def b(self) -> None:\n        self.row_count = 1",
        "class A:\n    def get_it(self) -> None: ...",
        "from sqlmodel import SQLModel\nclass A(SQLModel):\n    owner_id: int",
        "if a:\n    if b:\n        c()",
    ],
)
def testOtherNamesAreBreaches(source: str) -> None:
    assert len(saidOf(source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("KAuthApp/backend/domain/models/user_account.py", "class UserAccount: ..."),
        ("KAuthApp/backend/domain/interfaces/clockInterface.py", "class Clock: ..."),
        (
            "KAuthApp/backend/application/services/loginService.py",
            "class LoginService: ...",
        ),
        ("KAuthApp/backend/application/input/loginInput.py", "LIMIT = 1"),
    ],
)
def testAFileSaysWhatIsInside(path: str, source: str) -> None:
    assert len(saidOf(source, path)) == 1


def testTheFutureImportIsAsked() -> None:
    assert [str(breach) for breach in breachesOf("a.py", "LIMIT = 1\n")] == [
        "a.py:1: `from __future__ import annotations` is missing"
    ]
