"""The values that the interpreter computes with. This package does not import the interpreter.

In the order of reading:

- `abstract_values`: sets of possible constants, environment variables, texts and names of other modules.
- `code_effects`: reads of environment variables and calls of AWS, and their places.
- `code_contexts`: modules, functions, classes, objects, lists and dicts of the service, and scopes of names.
- `text_values`: joins and formats texts.
- `call_arguments`: the arguments of one call.
- `value_queries`: answers whether a condition holds, and which keys of a dict a value can be.
"""
