"""Asset factories, one module per kind: a spec becomes assets; each body is one call of the façade."""
