"""What the file store is put through. One campaign to a file."""
