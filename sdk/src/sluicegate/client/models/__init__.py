"""What the HTTP API answers, typed. Unknown members are ignored, so that a newer service can add some."""
