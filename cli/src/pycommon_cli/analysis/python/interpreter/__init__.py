"""Interpret a service's code with abstract values: find the possible values of every expression without running it.

`interpreter.Interpreter` composes the parts of the interpreter. A part is a class that handles one kind of syntax or
values. It gets the other parts that it needs as arguments. Because Python's syntax is recursive, the parts would need
each other in a circle. Three dispatchers break this circle. They are made first, and the parts then register the syntax
or the values that they handle.

In the order of reading:

- `interpreter`: composes all parts.
- `syntax_dispatch` (`Evaluator`, `Executor`), `calls` (`Calls`): the dispatchers.
- `execution_state`: the context that runs, its frame, and the contexts that must run again.
- `context_runs`, `context_selection`, `significant_values`, `function_facts`: run a function once for each set of
  significant arguments. The function runs again when a value that it has read has changed.
- `name_lookup`, `allocations`, `members`, `attributes`, `class_lineage`, `environment_reads`: names, objects, and reads
  of environment variables.
- `expressions`, `operator_expressions`, `subscripts`, `collection_displays`, `comprehensions`: expressions.
- `assignments`, `simple_statements`, `branch_statements`, `match_statements`, `loop_statements`, `import_statements`,
  `function_definitions`, `class_definitions`: statements.
- `function_calls`, `instances`, `value_calls`, `container_methods`: calls, by the kind of the called value.
- `external`, `external_names`: functions of other modules.
- `library_usage`: the decorators of PyCommon, and calls such as `setup_validated(...)`.

To add a form of syntax, add a method to the part that handles the most similar form, and an entry to its `forms`.
"""
