"""`python -m sandbox`: starts the sandbox and prints where it listens."""

import argparse
from pathlib import Path

from sandbox.app import application
from sandbox.serving import serve
from sandbox.world import Configuration, World


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="Imitates Stripe over HTTP, for development and tests."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="SQLite file that keeps everything; in memory without it")
    parser.add_argument("--seed", type=int, help="the same seed gives the same ids and the same chance")
    parser.add_argument("--webhook-url", help="where every event is sent")
    parser.add_argument("--webhook-secret", default=Configuration.webhook_secret)
    parser.add_argument("--secret-key", default=Configuration.secret_key, help="the API key that is accepted")
    parser.add_argument(
        "--public-url", help="how people reach the hosted pages; the bound address without it"
    )
    return parser.parse_args()


def main() -> None:
    options = arguments()
    if options.state:
        options.state.parent.mkdir(parents=True, exist_ok=True)
    world = World.open(
        Configuration(
            secret_key=options.secret_key,
            webhook_url=options.webhook_url,
            webhook_secret=options.webhook_secret,
            public_url=options.public_url,
            state_path=options.state,
            seed=options.seed,
        )
    )

    def on_bound(url: str) -> None:
        world.configuration.public_url = world.configuration.public_url or url
        print(f"sandbox listening on {url}", flush=True)  # noqa: T201

    serve(application(world), host=options.host, port=options.port, on_bound=on_bound)


if __name__ == "__main__":
    main()
