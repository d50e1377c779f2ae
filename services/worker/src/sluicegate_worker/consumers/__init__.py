"""What the worker makes of each record that it reads; a record that it can't handle raises `MalformedRecord`."""
