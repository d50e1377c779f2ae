"""What the api knows and decides, as pure functions: rows, events and a time in; rows and events out."""
