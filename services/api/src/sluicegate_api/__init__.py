"""Takes jobs and controls over HTTP and shows what became of them."""
