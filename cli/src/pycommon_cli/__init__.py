"""The command line `pycommon`: tools for a workstation and for CI. Lambda functions never import this package.

Start reading at `main`, which registers the commands of each package:

- `check/`: `pycommon check` and `pycommon rule`.
- `iam/`: `pycommon iam`: generate policies, compare them with grants and with recorded use.
- `env/`: `pycommon env`: show which variables each service uses, and where each variable comes from.
- `keys/`: `pycommon keys`: create, list, rotate and revoke API keys.
- `usage/`: `pycommon usage`: show what an account used, and write usage items that a function could not write.
- `local/`: `pycommon local`: start and use the local AWS of a checkout.
- `interfaces/`: `pycommon openapi`, `tools`, `mcp` and `local docs`: show what a service offers to callers.
- `analysis/`: read the Python files and the serverless.yml of a service, for `check`, `iam` and `env`.

All packages share these modules: `shared_options` (each option that several commands take), `terminal` (output),
`cli_error` (an error with its help and exit code), `required_extras` (an error for a missing package), and `stage` (the
AWS clients of a stage).

To add a command, write a function in `<package>/<package>_commands.py`. The function declares the arguments, calls the
module that does the work, and prints. Import that module inside the function, because `--help` must stay fast
(tests/cli/test_cli_main.py). For a new package, also register its `app` in `main`. Then describe the command in `docs/`
and test it in `tests/cli/`.
"""
