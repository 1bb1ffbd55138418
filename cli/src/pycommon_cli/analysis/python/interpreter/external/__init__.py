"""Handle the functions of other modules, by dotted name. Each kind of function has its own module here.

- `environment_functions`: functions that read environment variables, such as `os.getenv`.
- `conversion_functions`: functions that return their argument, such as `str` and `cast`.
- `collection_functions`: functions that make lists and dicts, such as `sorted` and `zip`.
- `higher_order_functions`: functions that call their arguments, such as `partial` and `map`.
- `reflection_functions`: functions that look into objects and modules, such as `getattr` and `super`.
- `library_functions`: PyCommon's own functions.
- `unknown_functions`: all other functions. They may call the functions among their arguments.

To add a function, write a method that takes a `Call` and returns a `Value`, and add it to the table `functions`.
"""
