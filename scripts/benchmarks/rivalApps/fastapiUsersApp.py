"""
fastapi-users as its documentation sets it up for browsers: cookie transport, database strategy, Argon2id.

Runs in an environment of its own (scripts/benchmarks/rivals.py), under uvicorn with uvloop and httptools. The session
check is a bare route behind `current_user`: nothing of ours slows it down.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin
from fastapi_users.authentication import AuthenticationBackend, CookieTransport
from fastapi_users.authentication.strategy.db import DatabaseStrategy
from fastapi_users.password import PasswordHelper
from fastapi_users.schemas import BaseUser, BaseUserCreate
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users_db_sqlalchemy.access_token import SQLAlchemyAccessTokenDatabase, SQLAlchemyBaseAccessTokenTableUUID
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

LIFETIME_SECONDS = 86_400
HASHER = Argon2Hasher(
    time_cost=int(os.environ["HASH_ITERATIONS"]), memory_cost=int(os.environ["HASH_MEMORY_KIB"]), parallelism=1
)


class Base(DeclarativeBase):
    """The tables of this rival."""


class User(SQLAlchemyBaseUserTableUUID, Base):
    """As it comes."""


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    """As it comes."""


engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=10, max_overflow=0)
openSession = async_sessionmaker(engine, expire_on_commit=False)


async def provideSession() -> AsyncIterator[AsyncSession]:
    async with openSession() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(provideSession)]


async def provideUsers(session: SessionDep) -> AsyncIterator[SQLAlchemyUserDatabase[User, uuid.UUID]]:
    yield SQLAlchemyUserDatabase(session, User)


async def provideTokens(session: SessionDep) -> AsyncIterator[SQLAlchemyAccessTokenDatabase[AccessToken]]:
    yield SQLAlchemyAccessTokenDatabase(session, AccessToken)


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    """As it comes."""

    reset_password_token_secret = verification_token_secret = os.environ["APP_SECRET"]


async def provideManager(
    users: Annotated[SQLAlchemyUserDatabase[User, uuid.UUID], Depends(provideUsers)],
) -> AsyncIterator[UserManager]:
    yield UserManager(users, PasswordHelper(PasswordHash((HASHER,))))


def provideStrategy(
    tokens: Annotated[SQLAlchemyAccessTokenDatabase[AccessToken], Depends(provideTokens)],
) -> DatabaseStrategy[User, uuid.UUID, AccessToken]:
    return DatabaseStrategy(tokens, lifetime_seconds=LIFETIME_SECONDS)


backend = AuthenticationBackend(
    name="browser",
    transport=CookieTransport(cookie_name="session", cookie_max_age=LIFETIME_SECONDS, cookie_secure=False),
    get_strategy=provideStrategy,
)
fastapiUsers = FastAPIUsers[User, uuid.UUID](provideManager, [backend])
UserDep = Annotated[User, Depends(fastapiUsers.current_user(active=True))]


@asynccontextmanager
async def makeTables(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(1)"))  # one process makes them, the others wait
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=makeTables)
app.include_router(fastapiUsers.get_auth_router(backend), prefix="/auth")
app.include_router(fastapiUsers.get_register_router(BaseUser[uuid.UUID], BaseUserCreate), prefix="/auth")


@app.get("/session")
async def checkSession(user: UserDep) -> dict[str, str]:
    return {"userId": str(user.id), "email": user.email}


@app.get("/live")
async def answerLive() -> dict[str, str]:
    return {"status": "live"}
