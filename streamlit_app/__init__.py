"""Streamlit pages: they ask, call the façade, and show; nothing else."""
