"""The values that the interpreter computes with. This package imports nothing of the interpreter.

In the order of reading:

- `abstract_values`: sets of possible constants, environment variables, texts and names of other modules.
- `code_effects`: reads of environment variables and calls of AWS, and their places.
- `code_contexts`: modules, functions, classes, objects, lists and dicts of the service, and scopes of names.
- `text_values`: how texts are put together.
- `call_arguments`: the arguments of one call.
- `value_queries`: whether a condition holds; which keys of a dict a value can be.
"""
