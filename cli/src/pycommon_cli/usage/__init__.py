"""`pycommon usage`: look at usage items, and restore those that the table did not take when they were made."""
