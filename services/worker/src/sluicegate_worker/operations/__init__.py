"""What is written, one file per family: fetch the locked rows, let the domain decide, perform what it says."""
