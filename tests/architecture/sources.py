"""What the architecture tests look at: our own files, and which room of the house each one is in."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPTOIR = ROOT / "src/comptoir"
PRODUCTS = ("marketplace", "bespoke")


def python_files(*folders: str, migrations: bool = False) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if migrations or "migrations" not in path.parts]


def templates() -> list[Path]:
    return [path for path in sorted(COMPTOIR.rglob("templates/**/*")) if path.is_file()]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def storey(path: Path) -> str:
    """kernel, ui, a product, or what stands above them."""
    return path.relative_to(COMPTOIR).parts[0]


def is_below_products(path: Path) -> bool:
    return storey(path) in ("kernel", "ui")


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call, with the dotted name of what is called, as it is written."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
