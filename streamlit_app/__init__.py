"""The pages: they ask the façade and show what it says, and decide nothing."""
