"""What clients need that speak plain HTTP alone."""

import ssl

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""A client without this loads the system's certificates, which takes 25 ms each time."""
