"""`pycommon check` and `pycommon rule`: the check of services, and what its rules mean."""
