"""The engine: claims runs, executes handlers, suspends and resumes them."""
