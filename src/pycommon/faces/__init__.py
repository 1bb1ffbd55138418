"""The older name of `pycommon.interfaces`. Services in use import it; new code imports `pycommon.interfaces`."""
