"""`comptoir demo`: the whole shop on this machine, with people and things in it."""

from pathlib import Path

import click


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Of the shop.")
@click.option("--sandbox-port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=".demo", show_default=True)
def demo(port: int, sandbox_port: int, data: Path) -> None:
    """Run the shop, its worker and a sandbox as the payment provider, until Ctrl-C. What happens in it is kept."""
    from comptoir.demo.run import run

    run(port=port, sandbox_port=sandbox_port, data=data.resolve())
