"""Environment variables as a contract: what a function declares, where each value comes from, and the record of it."""
