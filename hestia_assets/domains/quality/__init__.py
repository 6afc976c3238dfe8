"""How good a dataset is, over time: figures of its batches, what was expected of them, scores, reports."""
