"""Read a service's Python: what its handlers declare, read and call. The code is parsed. It is not imported.

In the order of reading:

- `python_reader`: has `read_code`, which performs the steps below.
- `python_files`, `service_modules`: the parsed files, and the modules that `import` finds.
- `values`: the abstract values of expressions.
- `interpreter`: runs the code with abstract values.
- `aws`: handles calls of the AWS SDK for the interpreter.
- `reachable_effects`: finds the reads of variables and the calls of AWS that a handler reaches.
- `lambda_handlers`: reads the facts of each handler. It uses `declared_operations` (for `@required_env_vars`),
  `routed_operations` (for `@api_tool`), `library_handlers` (for PyCommon's own handlers) and `swallowed_errors`.
- `schema_rules`, `permitted_operations`: read the rules and permissions of `setup_validated`.
- `other_declarations`: finds the declarations that are not on a handler.
- `analysis_limits`: defines where the interpreter stops following code.

Where to add something:

- a new trigger whose errors can be lost: `swallowed_errors`;
- a new way to call AWS: `aws` (its docstring names the modules);
- a function of Python's library or of PyCommon: `interpreter.external`;
- a decorator of PyCommon: `interpreter.external.library_functions`, then `lambda_handlers`.
"""

from pycommon_cli.analysis.python.python_reader import read_code

__all__ = ["read_code"]
