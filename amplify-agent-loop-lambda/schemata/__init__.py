"""Define who may call the operations (permissions). `@api_tool` has the schema of each operation."""
