"""Events that a transaction decided to send: written with it, published right after it, repeated until answered."""
