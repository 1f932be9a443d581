"""The demo's settings: made once, kept in its folder, and good for any `comptoir` command that is to act on it."""

import os
import secrets
import shlex
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Places:
    """Where the demo keeps things and where it listens."""

    data: Path
    port: int
    sandbox_port: int

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def assistant_port(self) -> int:
        return self.sandbox_port + 1

    @property
    def assistant(self) -> str:
        return f"http://127.0.0.1:{self.assistant_port}"

    @property
    def env_file(self) -> Path:
        return self.data / "env"

    @property
    def sandbox_state(self) -> Path:
        return self.data / "sandbox.sqlite3"

    @property
    def database(self) -> Path:
        return self.data / "comptoir.sqlite3"

    @property
    def seeded(self) -> Path:
        return self.data / "seeded"

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"


def prepare(places: Places) -> dict[str, str]:
    """Write the folder and its `env`; what was made up at the first run is kept, the addresses follow the ports."""
    places.log("web").parent.mkdir(parents=True, exist_ok=True)
    environment = _made_up() | _kept(places.env_file) | _given(places)
    lines = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    text = f"# The settings of this demo. Use them with:  set -a; . {shlex.quote(str(places.env_file))}; set +a\n"
    _write_for_us_alone(places.env_file, text + "\n".join(lines) + "\n")
    return environment


def is_seeded(places: Places) -> bool:
    """Whether nothing was added to the database and the stored files since they were last seeded.

    Asked without setting up Django, which would take as long as everything else.
    """
    kept = places.seeded.read_text("utf-8") if places.seeded.exists() else ""
    return places.database.exists() and places.sandbox_state.exists() and kept == _edition()


def note_seeded(places: Places) -> None:
    places.seeded.write_text(_edition(), "utf-8")


def _edition() -> str:
    """What tables and sample data are made from: our migrations, those of the libraries, the demo itself."""
    house = Path(__file__).resolve().parents[1]
    sources = [*house.glob("**/migrations/*.py"), *(house / "demo").rglob("*.*")]
    names = sorted(
        f"{path.relative_to(house)} {path.stat().st_size}" for path in sources if path.suffix != ".pyc"
    )
    names += [f"{library} {version(library)}" for library in ("django", "django-allauth")]
    return sha256("\n".join(names).encode()).hexdigest()


def _made_up() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_PUBLISHABLE_KEY": f"pk_test_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        "ASSISTANT_SECRET": secrets.token_urlsafe(32),
    }


def _given(places: Places) -> dict[str, str]:
    """Each setting that could point elsewhere is named, so that none of the terminal's own gets in."""
    return {
        "PRODUCTION": "0",
        "DEBUG": "0",
        "SITE_URL": places.site,
        "PORT": str(places.port),
        "DATA_DIR": str(places.data),
        "DATABASE_URL": f"sqlite:///{quote(str(places.database))}",
        "REDIS_URL": "",
        "BROKER_URL": "memory://",
        "EMBEDDED_WORKER": "1",
        "S3_BUCKET": "",
        "EMAIL_URL": "eml:",
        "STRIPE_API_BASE": places.sandbox,
        "STRIPE_JS_URL": f"{places.sandbox}/stripe.js",
        "ASSISTANT_URL": f"{places.assistant}/webhook/comptoir",
        "SENTRY_DSN": "",
    }


def _kept(env_file: Path) -> dict[str, str]:
    if not env_file.exists():
        return {}
    found = (line.partition("=") for line in shlex.split(env_file.read_text("utf-8"), comments=True))
    return {name: value for name, _equals, value in found if name in _made_up()}


def _write_for_us_alone(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
