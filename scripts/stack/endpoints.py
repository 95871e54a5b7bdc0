"""`var/run/endpoints.json` and `environment.json`: where the running stack is, for programs and `scripts/manage`."""

from __future__ import annotations

from scripts.stack.paths import ENDPOINTS_FILE, ENVIRONMENT_FILE, VAR
from scripts.stack.runState import writeAtomically
from scripts.stack.surroundings import Surroundings


def endpointsOf(surroundings: Surroundings) -> dict[str, str]:
    """The addresses as the API contract names them; base URLs have no slash at the end."""
    values = surroundings.values
    development = {
        "simulator": f"http://127.0.0.1:{values['SIMULATOR_PORT']}",
        "mailDir": str(VAR / "mail"),
    }
    return {
        "gateway": values["PUBLIC_BASE_URL"].rstrip("/"),
        "publicServer": f"http://127.0.0.1:{values['PUBLIC_SERVER_PORT']}",
        "adminServer": f"http://127.0.0.1:{values['ADMIN_SERVER_PORT']}",
        "database": values["DATABASE_OWNER_URL"],
        "redis": values["REDIS_URL"],
        **(development if surroundings.isDevelopment else {}),
    }


def publishEndpoints(surroundings: Surroundings) -> None:
    writeAtomically(ENVIRONMENT_FILE, {**surroundings.values, "K_INSTANCE_ID": surroundings.instanceId})
    writeAtomically(ENDPOINTS_FILE, endpointsOf(surroundings))


def forgetEndpoints() -> None:
    """A stopped stack has no address."""
    ENDPOINTS_FILE.unlink(missing_ok=True)
    ENVIRONMENT_FILE.unlink(missing_ok=True)
