"""The HTTP routes: requests in, operations and reads, documents out."""
