"""The forms in which clients and agents read what a service offers: OpenAPI, tools of OpenAI, Anthropic and MCP.

All of them are made from the registry of `@api_tool` and the rules of `setup_validated`; none is written by hand.
"""
