FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/app/.venv/bin:$PATH

WORKDIR /app

# The same hashed locks, by the same script, as on any other machine; Node is gone again when it has done its work.
COPY requirements.lock requirements-uv.lock requirements-node.lock package.json package-lock.json .npmrc ./
COPY scripts scripts
RUN python3 -m scripts.bootstrap \
    && rm -rf /root/.cache /root/.npm node_modules

COPY . .
# Keys made for this one step and thrown away with it: collecting static files signs and seals nothing.
RUN HALFPAST_DATA=/tmp/build python3 manage.py collectstatic --noinput \
    && rm -rf /tmp/build \
    && useradd --system --uid 10001 --home-dir /data halfpast \
    && install -d -o halfpast -m 0700 /data

ENV HALFPAST_ENV=production \
    HALFPAST_DATA=/data
USER 10001
VOLUME ["/data"]
EXPOSE 8000

CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket"]
