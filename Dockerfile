# The services' images, one target each: docker build --target worker --tag sluicegate-worker:0.1.0 .
# A proxy that inspects TLS: --secret id=ca,src=FILE, a bundle of all CAs that the build shall trust. Not kept.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /src
ENV UV_COMPILE_BYTECODE=1 UV_FROZEN=1 UV_LINK_MODE=copy UV_NO_DEV=1 UV_NO_EDITABLE=1 \
    UV_PROJECT_ENVIRONMENT=/app UV_PYTHON_DOWNLOADS=never
COPY dev/bootstrap dev/
COPY deploy/trusting-ca deploy/
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache deploy/trusting-ca dev/bootstrap
COPY . .

FROM build AS build-api
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache \
    deploy/trusting-ca .tools/bin/uv sync --all-extras --package sluicegate-kit --package sluicegate-api

FROM build AS build-checkpoint-svc
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache \
    deploy/trusting-ca .tools/bin/uv sync --all-extras --package sluicegate-kit --package sluicegate-checkpoint-svc

FROM build AS build-insights
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache \
    deploy/trusting-ca .tools/bin/uv sync --all-extras --package sluicegate-kit --package sluicegate-insights

# With the sample handlers; the folder becomes the mount point of the workspace.
FROM build AS build-worker
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache \
    deploy/trusting-ca .tools/bin/uv sync --all-extras --package sluicegate-kit \
        --package sluicegate-worker --package sluicegate-handlers \
    && mkdir /workspace

FROM ${BASE} AS runtime
RUN python3 -m pip uninstall --yes --quiet --root-user-action=ignore pip \
    && useradd --uid 10001 --no-log-init --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sluicegate
ENV PATH=/app/bin:${PATH} PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    SLUICEGATE_HTTP_HOST=0.0.0.0 SLUICEGATE_HTTP_PORT=8080 \
    SLUICEGATE_INTERNAL_HOST=0.0.0.0 SLUICEGATE_INTERNAL_PORT=9090
WORKDIR /app
EXPOSE 8080 9090
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9090/readyz', timeout=3)"]
USER 10001:10001

FROM runtime AS api
COPY --from=build-api /app /app
ENTRYPOINT ["python", "-m", "sluicegate_api"]
CMD ["serve"]

FROM runtime AS checkpoint-svc
COPY --from=build-checkpoint-svc /app /app
ENTRYPOINT ["python", "-m", "sluicegate_checkpoint_svc"]
CMD ["serve"]

FROM runtime AS insights
COPY --from=build-insights /app /app
ENTRYPOINT ["python", "-m", "sluicegate_insights"]
CMD ["serve"]

# Handlers of your own go into /handlers: examples/own-handlers/Dockerfile.
FROM runtime AS worker
COPY --from=build-worker /app /app
COPY --from=build-worker --chown=10001:10001 /workspace /workspace
ENV PYTHONPATH=/handlers SLUICEGATE_WORKSPACE=/workspace
ENTRYPOINT ["python", "-m", "sluicegate_worker"]
CMD ["serve"]
