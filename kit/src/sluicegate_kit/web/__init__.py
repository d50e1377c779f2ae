"""HTTP as all services speak it: problems, strict bodies, cursors, access, one wrapper around every request."""
