"""How a checkpoint moves, as pure functions: rows, commands and a time in; rows and events out."""
