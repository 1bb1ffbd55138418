"""The values that the interpreter computes with. This package imports nothing of the interpreter.

In the order of reading:

- `abstract_values`: what an expression may be: sets of constants, environment variables, texts and names of other modules.
- `code_effects`: what code does: reads of environment variables and calls of AWS, and where in the text.
- `code_contexts`: modules, functions, classes, instances, lists and dicts of the service, and the scopes that hold names.
- `text_values`: how texts are put together.
- `call_arguments`: the arguments of one call.
- `value_queries`: whether a condition holds; which keys of a dict a value can be.
"""
