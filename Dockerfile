# One image for every service; compose.yaml says which one a container runs.
FROM python:3.11-slim-bookworm AS builder
WORKDIR /app
RUN python -m venv /opt/hestia && python -m pip install --no-cache-dir uv
COPY pyproject.toml constraints.txt README.md ./
COPY hestia_assets ./hestia_assets
COPY streamlit_app ./streamlit_app
RUN uv pip install --no-cache --python /opt/hestia/bin/python -c constraints.txt .

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 hestia && install -d -o hestia -g hestia /data
COPY --from=builder /opt/hestia /opt/hestia
ENV PATH=/opt/hestia/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HESTIA_HOME=/data
USER hestia
WORKDIR /home/hestia
VOLUME /data
EXPOSE 8501 3000 4000
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=6 CMD ["hestia", "up", "--check"]
CMD ["hestia", "up"]
