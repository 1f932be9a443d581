"""Code that nothing calls, as far as vulture sees, once it is told of the callers that it cannot see.

Those are: templates, dotted paths in strings, decorators that register, and the frameworks' own conventions.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ["src", "tools", "tests", "benchmarks"]
# Read by their frameworks, attribute by attribute.
READ_BY_FRAMEWORKS = {"settings.py", "admin.py", "apps.py", "forms.py", "conftest.py"}
REGISTERING = [
    "@*.delete",
    "@*.get",
    "@*.patch",
    "@*.post",
    "@*.put",
    "@*.filter",
    "@*.simple_tag",
    "@*.inclusion_tag",
    "@*.simple_block_tag",
    "@*.task",
    "@*.command",
    "@click.*",
    "@job",
    "@periodic",
    "@pytest.fixture",
    "@model_validator",
    "@field_validator",
    "@register*",
    "@override",
]
CONVENTIONS = [
    "test_*",
    "Test*",
    "pytest_*",
    "pytestmark",
    "visit_*",
    "__getattr__",
    "Meta",
    "abstract",
    "constraints",
    "indexes",
    "ordering",
    "verbose_name*",
    "default_permissions",
    "permissions",
    "app_name",
    "urlpatterns",
    "handler4*",
    "handler5*",
    "model_config",
    "USERNAME_FIELD",
    "get_short_name",
    "key_salt",
    "do_GET",
    "do_POST",
    "adding",
    "get_search_results",
    "can_delete",
    "EMAIL_FIELD",
    "key_salt",
    "do_GET",
    "do_POST",
    "get_by_natural_key",
    "get_full_name",
    "get_domain",
    "protocol",
    "has_*_permission",
    "has_module_perms",
    "list_per_page",
    "empty_value_display",
    "show_full_result_count",
    "allow_request",
    "bind_user_id",
    "encoder_class",
    "format_request",
    "get_openapi_operation_id",
    "openapi_*",
    "parse_body",
    "process_*",
    "render_page",
    "resolve_*",
    "set_default_exception_handlers",
    "should_stop",
]
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]+")
# One word, a dotted path, or an annotation in quotes; no sentence.
NAMES = re.compile(r"\S+( \| \S+)*$")


def main() -> int:
    vulture = Vulture(ignore_names=CONVENTIONS, ignore_decorators=REGISTERING)
    vulture.scavenge([str(ROOT / folder) for folder in SOURCES], exclude=["*/migrations/*"])
    called = {*words_in_templates(), *words_in_sources(), *defaults_in_migrations()}
    dead = [
        item
        for item in vulture.get_unused_code(min_confidence=60)
        if item.name not in called
        and item.filename.name not in READ_BY_FRAMEWORKS
        and not item.filename.match("forms_*.py")
        and item.filename.is_relative_to(ROOT / "src")
    ]
    for item in dead:
        print(f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: {item.message}")
    return 1 if dead else 0


def defaults_in_migrations() -> Iterator[str]:
    """What migrations name by its dotted path has to stay, though nothing else calls it any more."""
    for path in (ROOT / "src/comptoir").rglob("migrations/0*.py"):
        yield from re.findall(r"comptoir(?:\.\w+)+\.(\w+)", path.read_text("utf-8"))


def words_in_templates() -> Iterator[str]:
    for path in (ROOT / "src").rglob("templates/**/*.*"):
        yield from WORD.findall(path.read_text("utf-8"))


def words_in_sources() -> Iterator[str]:
    """What is named by a dotted path, or by a name of its own: settings, `import_module`, fields of a query.

    And what a class declares to be read as data: annotated fields, and the members of enumerations.
    """
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMES.match(node.value):
                yield from WORD.findall(node.value)
            elif isinstance(node, ast.ClassDef):
                yield from declared_names(node)


def declared_names(node: ast.ClassDef) -> Iterator[str]:
    is_enumeration = any(ast.unparse(base).endswith(("Choices", "Enum")) for base in node.bases)
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        elif is_enumeration and isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


if __name__ == "__main__":
    sys.exit(main())
