"""Write the files that are functions of the code: `python -m app.generated` (`make generated`); a test compares.

JSON Schemas in tidings/schemas/, the table of settings in docs/settings.md.
"""

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


def files() -> Iterator[tuple[Path, str]]:
    """Every generated file and its content."""
    for name, schema in schemas().items():
        yield (
            ROOT / "tidings" / "schemas" / name,
            json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
        )
    yield ROOT / "docs" / "settings.md", SETTINGS_HEAD + "".join(map(_setting, settings.TABLE.values()))


def _setting(setting: settings.Setting) -> str:
    words = f" One of {', '.join(f'`{word}`' for word in setting.words)}." if setting.words else ""
    secret = " Secret." if setting.secret else ""
    default = "unset" if setting.default is None else f"`{setting.default}`" if setting.default != "" else "empty"
    return f"\n## {setting.name}\n\n{setting.help}{words}{secret} Default: {default}.\n"


if __name__ == "__main__":
    for path, content in files():
        path.write_text(content, "utf-8")
