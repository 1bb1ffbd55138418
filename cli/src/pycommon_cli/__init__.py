"""The command line `pycommon`: tools for a workstation and for CI. No function imports this package.

Start reading at `main`, which registers the commands of each package:

- `check/`: `pycommon check` and `pycommon rule`.
- `iam/`: `pycommon iam`: generate policies, compare them with grants and with recorded use.
- `env/`: `pycommon env`: the record of variables, and where each variable comes from.
- `keys/`: `pycommon keys`: create, list, rotate and revoke API keys.
- `usage/`: `pycommon usage`: what an account used; write usage items that a function could not write.
- `local/`: `pycommon local`: the local AWS of a checkout.
- `interfaces/`: `pycommon openapi`, `tools`, `mcp` and `local docs`: what a service offers to callers.
- `analysis/`: reads the Python files and the serverless.yml of a service, for `check`, `iam` and `env`.

Modules that all of them share: `shared_options` (each option that several commands take), `terminal` (output),
`cli_error` (an error with its help and exit code), `required_extras` (an error for a missing package), and `stage` (the
AWS clients of a stage).

To add a command, write a function in `<package>/<package>_commands.py`. The function declares the arguments, calls the
module that does the work, and prints. Import that module inside the function, because `--help` must stay fast
(tests/cli/test_cli_main.py). For a new package, also register its `app` in `main`. Then describe the command in `docs/`
and test it in `tests/cli/`.
"""
