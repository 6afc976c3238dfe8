"""Reports on a batch or a dataset: one file per kind of output; ``gather`` says what is in them."""
