"""`pycommon env`: the record of which service uses which variable, and whether a service finds all that it declares."""
