"""Print the lower bounds of what the library and its command line need, pinned: `make test-lowest` installs them."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text())["project"]
extras = project["optional-dependencies"]
wanted = [*project["dependencies"], *extras["aws-sdk"], *extras["cli"], *extras["local"], *extras["testing"]]
sys.stdout.write(" ".join(each.replace(">=", "==") for each in wanted if ">=" in each) + "\n")
