"""Text files of any format: encodings and blocks of bytes."""
