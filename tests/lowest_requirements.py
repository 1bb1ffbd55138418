"""Print the lower bounds of what the library and its command line need, pinned. `make test-lowest` installs them."""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
library, command_line = (tomllib.loads((ROOT / folder / "pyproject.toml").read_text()) for folder in (".", "cli"))
extras = library["tool"]["hatch"]["metadata"]["hooks"]["custom"]["optional-dependencies"]
wanted = [
    *library["project"]["dependencies"],
    *extras["aws-sdk"],
    *extras["testing"],
    *command_line["project"]["dependencies"],
    *command_line["project"]["optional-dependencies"]["local"],
]
sys.stdout.write(" ".join(each.replace(">=", "==") for each in wanted if ">=" in each) + "\n")
