"""Read a service's Python: what its handlers declare, read and call. The code is parsed, never imported.

In the order of reading:

- `python_reader`: `read_code`, which leads through the steps below.
- `python_files`, `service_modules`: the parsed files, and the modules that `import` finds.
- `values`: the abstract values of expressions.
- `interpreter`: runs the code with abstract values.
- `aws`: the AWS SDK, for the interpreter.
- `reachable_effects`: the reads and calls of AWS that a handler reaches.
- `lambda_handlers`: the facts of each handler, with the help of `declared_operations` (`@required_env_vars`),
  `routed_operations` (`@api_tool`), `library_handlers` (PyCommon's own handlers) and `swallowed_errors`.
- `schema_rules`, `permitted_operations`: the rules and permissions of `setup_validated`.
- `analysis_limits`: the bounds of the interpretation.

Where to add something:

- a new trigger whose errors can be lost: `swallowed_errors`;
- a new way to call AWS: `aws` (see the map there);
- a function of Python's library or of PyCommon: `interpreter.external`;
- a decorator of PyCommon: `interpreter.external.library_functions`, then `lambda_handlers`.
"""

from pycommon_cli.analysis.python.python_reader import read_code

__all__ = ["read_code"]
