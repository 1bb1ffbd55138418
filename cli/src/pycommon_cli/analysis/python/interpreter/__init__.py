"""Interpret a service's code with abstract values: find the possible values of every expression without running it.

`interpreter.Interpreter` composes the parts. Each part has one concept and is given the parts that it needs. The parts
would need each other in a circle, because Python's syntax is recursive. Three dispatchers break the circle: they are
made first, and the parts then register the syntax or the values that they handle.

In the order of reading:

- `interpreter`: composes everything.
- `syntax_dispatch` (`Evaluator`, `Executor`), `calls` (`Calls`): the dispatchers.
- `execution_state`: the context that runs, its frame, and the contexts that must run again.
- `context_runs`, `context_selection`, `significant_values`, `function_facts`: run functions once for each set of
  significant arguments, and again when a value that they have read has changed.
- `name_lookup`, `allocations`, `members`, `attributes`, `class_lineage`, `environment_reads`: names, objects and reads.
- `expressions`, `operator_expressions`, `subscripts`, `collection_displays`, `comprehensions`: expressions.
- `assignments`, `simple_statements`, `branch_statements`, `match_statements`, `loop_statements`, `import_statements`,
  `function_definitions`, `class_definitions`: statements.
- `function_calls`, `instances`, `value_calls`, `container_methods`: calls, by the kind of the called value.
- `external`, `external_names`: functions of other modules.
- `library_usage`: the decorators of PyCommon, and calls such as `setup_validated(...)`.

A new form of syntax is a method of the part that handles the most similar form, and an entry in its `forms`.
"""
