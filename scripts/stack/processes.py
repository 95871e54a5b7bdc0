"""The one table of processes: the supervisor starts from it, the systemd units are made from it, compose follows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.migrate import isMigrated
from scripts.stack.paths import ROOT, RUN, VAR
from scripts.stack.precedence import AT_ONCE, EARLY, ORDINARY, Precedence
from scripts.stack.readiness import answersHttp, answersPing, answersSmtp, ownsPort
from scripts.stack.surroundings import Surroundings
from scripts.stack.unprivileged import dyingWithParent

Kind = Literal["server", "task"]
Command = Callable[[Surroundings], list[str]]
# Is the process with this pid ready?
Probe = Callable[[Surroundings, int], bool]
Condition = Callable[[Surroundings], bool]


@dataclass(frozen=True)
class StackProcess:
    """One process: how it is started, after what, when it counts as ready and how it is asked to stop."""

    name: str
    title: str
    command: Command
    isReady: Probe = lambda _surroundings, _pid: True
    kind: Kind = "server"
    portName: str = ""
    needs: tuple[str, ...] = ()
    isWanted: Condition = lambda _surroundings: True
    stopSignal: Literal["SIGTERM", "SIGINT", "SIGKILL"] = "SIGTERM"
    # Stopped only when the processes that use it are gone.
    stopsLast: bool = False
    # Those that answer within a moment do not wait for the turn of those that hash passwords.
    precedence: Precedence = ORDINARY
    developmentOnly: bool = False


def serverCommand(surroundings: Surroundings, application: str, portName: str) -> list[str]:
    """One of our two servers."""
    return uvicornCommand(surroundings.python, application, surroundings.port(portName))


def uvicornCommand(python: str, application: str, port: int, deathSignal: str = "KILL") -> list[str]:
    """Uvicorn as our servers run under it. The gateway keeps the access log, so this one keeps none."""
    return dyingWithParent(
        [
            python, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port),
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header",
            "--timeout-graceful-shutdown", "1",
        ],
        deathSignal,
    )  # fmt: skip


def _postgres(surroundings: Surroundings) -> list[str]:
    surroundings.postgres.initialise()
    return surroundings.postgres.startCommand()


def _redis(surroundings: Surroundings) -> list[str]:
    folder = VAR / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    password = surroundings.redisPassword
    return dyingWithParent(
        [
            *surroundings.tools.redis.command,
            "--port", surroundings.values["REDIS_PORT"], "--bind", "127.0.0.1", "--dir", str(folder),
            "--save", "", "--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "noeviction",
            *(["--requirepass", password] if password else []),
        ]
    )  # fmt: skip


def _gateway(surroundings: Surroundings) -> list[str]:
    folder = RUN / "gateway"
    folder.mkdir(parents=True, exist_ok=True)
    values = {**surroundings.values, "K_INSTANCE_ID": surroundings.instanceId}
    return dyingWithParent(renderGatewayConfig(surroundings.tools.nginx, values, folder))


def _mail(surroundings: Surroundings) -> list[str]:
    arguments = ["--port", surroundings.values["SMTP_PORT"], "--maildir", str(VAR / "mail")]
    return dyingWithParent([surroundings.python, "-m", "scripts.stack.mailServer", *arguments])


def _simulator(surroundings: Surroundings) -> list[str]:
    return dyingWithParent([surroundings.python, "-m", "KSysPayment.simulator"], "KILL")


def _migrate(surroundings: Surroundings) -> list[str]:
    return dyingWithParent([surroundings.python, "-m", "scripts.stack.migrate"])


def _http(portName: str, path: str) -> Probe:
    def isReady(surroundings: Surroundings, pid: int) -> bool:
        port = surroundings.port(portName)
        return ownsPort(pid, port) and answersHttp(port, path, surroundings.instanceId)

    return isReady


def _gatewayIsReady(surroundings: Surroundings, pid: int) -> bool:
    port = surroundings.gatewayPort
    return ownsPort(pid, port) and answersHttp(port, "/health", surroundings.instanceId, isTls=surroundings.hasTls)


def _redisIsReady(surroundings: Surroundings, pid: int) -> bool:
    port = surroundings.port("REDIS_PORT")
    return ownsPort(pid, port) and answersPing(port, surroundings.redisPassword)


PROCESSES: Final[Sequence[StackProcess]] = (
    StackProcess(
        name="postgres",
        title="PostgreSQL",
        command=_postgres,
        isReady=lambda surroundings, pid: surroundings.postgres.isReady(pid),
        portName="DATABASE_PORT",
        isWanted=lambda surroundings: surroundings.ownsDatabase,
        stopSignal="SIGINT",
        stopsLast=True,
        precedence=EARLY,
    ),
    StackProcess(
        name="redis",
        title="Redis",
        command=_redis,
        isReady=_redisIsReady,
        portName="REDIS_PORT",
        isWanted=lambda surroundings: surroundings.ownsRedis,
        stopsLast=True,
        precedence=AT_ONCE,
    ),
    StackProcess(
        name="mail",
        title="Mail (development)",
        command=_mail,
        isReady=lambda surroundings, _: answersSmtp(surroundings.port("SMTP_PORT"), surroundings.instanceId),
        portName="SMTP_PORT",
        isWanted=lambda surroundings: surroundings.isDevelopment,
        developmentOnly=True,
    ),
    StackProcess(
        name="simulator",
        title="BRI simulator (development)",
        command=_simulator,
        isReady=lambda surroundings, pid: ownsPort(pid, surroundings.port("SIMULATOR_PORT")),
        portName="SIMULATOR_PORT",
        isWanted=lambda surroundings: surroundings.isDevelopment,
        developmentOnly=True,
    ),
    StackProcess(
        name="migrate",
        title="Database roles and schema",
        command=_migrate,
        kind="task",
        needs=("postgres",),
        isWanted=lambda surroundings: not isMigrated(surroundings),
    ),
    StackProcess(
        name="publicServer",
        title="Public server (sign-in, payments)",
        command=lambda surroundings: serverCommand(surroundings, "public_server:app", "PUBLIC_SERVER_PORT"),
        isReady=_http("PUBLIC_SERVER_PORT", "/health/live"),
        portName="PUBLIC_SERVER_PORT",
        needs=("postgres", "redis", "migrate"),
    ),
    StackProcess(
        name="adminServer",
        title="Admin server",
        command=lambda surroundings: serverCommand(surroundings, "admin_server:app", "ADMIN_SERVER_PORT"),
        isReady=_http("ADMIN_SERVER_PORT", "/health/live"),
        portName="ADMIN_SERVER_PORT",
        needs=("postgres", "redis", "migrate"),
    ),
    StackProcess(
        name="gateway",
        title="Gateway",
        command=_gateway,
        isReady=_gatewayIsReady,
        portName="GATEWAY_HTTP_PORT",
        needs=("redis", "publicServer", "adminServer"),
        precedence=AT_ONCE,
    ),
)
BY_NAME: Final = {process.name: process for process in PROCESSES}
WORKING_FOLDER: Final = ROOT


def environmentOf(process: StackProcess, surroundings: Surroundings) -> dict[str, str]:
    """What the process is given: the settings, and for a server that is not ours only what makes it run."""
    foreign = {
        "postgres": surroundings.postgres.environment,
        "redis": surroundings.tools.redis.runEnvironment(),
        "gateway": {**surroundings.environment, **surroundings.tools.nginx.environment},
        "migrate": {
            **surroundings.environment,
            "DATABASE_SUPERUSER_URL": surroundings.values["DATABASE_SUPERUSER_URL"],
        },
    }
    return foreign.get(process.name, surroundings.environment)
