"""Handle the functions of other modules, by dotted name. One module for each kind of function.

- `environment_functions`: read environment variables: `os.getenv`.
- `conversion_functions`: return their argument: `str`, `cast`.
- `collection_functions`: make lists and dicts: `sorted`, `zip`.
- `higher_order_functions`: call their arguments: `partial`, `map`.
- `reflection_functions`: look into objects and modules: `getattr`, `super`.
- `library_functions`: PyCommon's own functions.
- `unknown_functions`: all others, which may call the functions that they are given.

A new function is a method that takes a `Call` and returns a `Value`, and an entry in the table `functions`.
"""
