"""Write the files that are functions of the code: `python -m app.generated` (`make generated`); a test compares.

JSON Schemas in tidings/schemas/, the table of settings in docs/settings.md, the records in docs/records.md.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from tidings import settings
from tidings.codec import schemas

ROOT = Path(__file__).parent.parent

SETTINGS_HEAD = """# Settings

Generated from `tidings/settings.py` by `make generated`. The environment wins over the YAML file that `TIDINGS_CONFIG`
names, the file over the default. A secret can come from a file: `NAME_FILE=/run/secrets/…`. An unknown `TIDINGS_` name
is an error. `tidings config` prints what is in force, without secrets.
"""

RECORDS_HEAD = """# Records

Generated from `tidings/records.py` by `make generated`. Every record on the log is one JSON object; `record` says which
kind and which version of its schema (`page/1`). JSON Schemas are in `tidings/schemas/`. Figures are exact decimals,
written as strings. Times are UTC. `pos` orders the records of a topic: keep the last one you saw and drop what is not
greater.
"""


def files() -> Iterator[tuple[Path, str]]:
    """Every generated file and its content."""
    for name, schema in schemas().items():
        yield (
            ROOT / "tidings" / "schemas" / name,
            json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
        )
    yield ROOT / "docs" / "records.md", RECORDS_HEAD + "".join(_records())
    yield ROOT / "docs" / "settings.md", SETTINGS_HEAD + "".join(map(_setting, settings.TABLE.values()))


def _setting(setting: settings.Setting) -> str:
    words = f" One of {', '.join(f'`{word}`' for word in setting.words)}." if setting.words else ""
    secret = " Secret." if setting.secret else ""
    default = "unset" if setting.default is None else f"`{setting.default}`" if setting.default != "" else "empty"
    return f"\n## {setting.name}\n\n{setting.help}{words}{secret} Default: {default}.\n"


def _records() -> Iterator[str]:
    """A section for each struct in records.py: its docstring, its fields, and the comment above each field."""
    source = (ROOT / "tidings" / "records.py").read_text("utf-8")
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            fields = [field for field in node.body if isinstance(field, ast.AnnAssign)]
            rows = "".join(f"| {_field(field)} | {_comment(lines, field.lineno - 1)} |\n" for field in fields)
            yield f"\n## {node.name}\n\n{ast.get_docstring(node)}\n\n| field | meaning |\n|---|---|\n{rows}"


def _field(field: ast.AnnAssign) -> str:
    kind = ast.unparse(field.annotation).replace("|", "\\|")
    default = f" = {ast.unparse(field.value)}" if field.value else ""
    return f"`{ast.unparse(field.target)}`: `{kind}{default}`"


def _comment(lines: list[str], before: int) -> str:
    """The `#:` lines directly above a line."""
    first = before
    while lines[first - 1].strip().startswith("#:"):
        first -= 1
    return " ".join(line.strip().removeprefix("#:").strip() for line in lines[first:before])


if __name__ == "__main__":
    for path, content in files():
        path.write_text(content, "utf-8")
