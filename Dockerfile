# One image for every process of Guichet; docker-compose.yml says which command each one runs.
FROM python:3.12-slim-bookworm AS environnement
WORKDIR /guichet
COPY requirements/amorce.txt requirements/base.txt requirements/
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/amorce.txt \
 && /venv/bin/uv pip install --no-cache --python /venv/bin/python --require-hashes -r requirements/base.txt \
 && /venv/bin/uv pip uninstall --python /venv/bin/python uv

FROM python:3.12-slim-bookworm
# WeasyPrint draws letters with pango; DejaVu is the fallback of the shipped typeface.
RUN apt-get update \
 && apt-get install --no-install-recommends --yes \
      fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 990 --home-dir /donnees --create-home guichet
COPY --from=environnement /venv /venv
WORKDIR /guichet
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    DONNEES=/donnees \
    STATIQUES=/statiques
RUN SECRET_KEY=construction python manage.py collectstatic --noinput --verbosity 0
USER guichet
VOLUME /donnees
EXPOSE 8000
CMD ["gunicorn", "--no-control-socket", "--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--max-requests", "2000", "--max-requests-jitter", "200", "--bind", "0.0.0.0:8000", "config.wsgi"]
