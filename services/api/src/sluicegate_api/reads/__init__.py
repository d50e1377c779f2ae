"""What the api reads: SQL in, rows of the domain out."""
