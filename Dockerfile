# The site without root and build tools, writing under /data alone. docs/deploying.md has the steps.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /site
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --require-hashes --only-binary :all: --requirement requirements.txt
COPY manage.py gunicorn.conf.py ./
COPY nutrisite ./nutrisite
COPY nutrients ./nutrients
COPY templates ./templates
COPY static ./static
COPY fixtures ./fixtures
COPY docs/editing.md ./docs/editing.md
# The key signs nothing here: files are only hashed and compressed.
RUN SECRET_KEY=for-the-build-alone STATIC_ROOT=/static VAR_DIR=/tmp/var \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q /site /venv/lib

FROM python:3.11-slim-bookworm
# PostgreSQL's client programs, for backups, of the version of the server in compose.yaml.
# Debian fixes vulnerabilities in new versions of the same package, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin site
COPY --from=build /venv /venv
COPY --from=build /static /static
COPY --from=build /site /site
WORKDIR /site
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 \
    HOST=0.0.0.0 PORT=8000 VAR_DIR=/data STATIC_ROOT=/static LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn"]
