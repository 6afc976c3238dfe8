"""What a person does with rows that were set aside: correct, drop, accept, judge again, take along in a file."""
