"""How the usage of executions becomes the costs that rate limits read: the roll-up, and the close of the day."""
