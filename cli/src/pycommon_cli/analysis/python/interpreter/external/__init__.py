"""The functions of other modules that matter here."""
