# Every image of the stack, built from this checkout: `docker compose up --wait`.
#   extension, frontends   build stages
#   server                 both servers and the migrations
#   development            server, the BRI simulator and the mail server
#   gateway                nginx with Lua and the built frontends
ARG PYTHON_IMAGE=python:3.13-slim-bookworm
ARG NODE_IMAGE=node:24-bookworm-slim
ARG DEBIAN_IMAGE=debian:bookworm-slim

FROM ${PYTHON_IMAGE} AS extension
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev rustc-web cargo-web ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements/development.txt requirements/
RUN python -m venv /opt/build \
    && awk '/^maturin==/ {keep = 1} /^[^ ]/ && !/^maturin==/ {keep = 0} keep' requirements/development.txt > maturin.txt \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes --no-deps -r maturin.txt
COPY shared/rust-crypto shared/rust-crypto
RUN cd shared/rust-crypto \
    && /opt/build/bin/maturin build --release --locked --compatibility linux --out /wheels

FROM ${NODE_IMAGE} AS frontends
WORKDIR /src
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY shared/frontend shared/frontend
COPY KAuthApp/frontend KAuthApp/frontend
COPY KSysPayment/frontend KSysPayment/frontend
COPY KSysAdmin/frontend KSysAdmin/frontend
RUN npm ci && npm run build

FROM ${PYTHON_IMAGE} AS server
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin k
WORKDIR /app
COPY requirements/runtime.txt requirements/
COPY --from=extension /wheels /wheels
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements/runtime.txt \
    && pip install --no-cache-dir --no-deps --no-index /wheels/*.whl
COPY .env.example public_server.py admin_server.py ./
COPY shared/__init__.py shared/
COPY shared/backend shared/backend
COPY KAuthApp/__init__.py KAuthApp/
COPY KAuthApp/backend KAuthApp/backend
COPY KSysPayment/__init__.py KSysPayment/
COPY KSysPayment/backend KSysPayment/backend
COPY KSysAdmin/__init__.py KSysAdmin/
COPY KSysAdmin/backend KSysAdmin/backend
COPY scripts/__init__.py scripts/
COPY scripts/stack scripts/stack
RUN python -m compileall -q /app
USER k

FROM server AS development
USER root
COPY requirements/development.txt requirements/
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements/development.txt
COPY KSysPayment/simulator KSysPayment/simulator
RUN mkdir -p /app/var && chown k:k /app/var
USER k

FROM ${DEBIAN_IMAGE} AS gateway
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        nginx libnginx-mod-http-lua libnginx-mod-http-ndk libnginx-mod-http-brotli-filter \
        lua-resty-core lua-resty-lrucache lua-cjson python3-minimal libpython3-stdlib \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1
WORKDIR /app
COPY nginx nginx
COPY .env.example ./
COPY scripts/__init__.py scripts/
COPY scripts/stack scripts/stack
COPY shared/backend/utils/scheduling.py shared/backend/utils/
COPY --from=frontends /src/KAuthApp/frontend/dist KAuthApp/frontend/dist
COPY --from=frontends /src/KSysPayment/frontend/dist KSysPayment/frontend/dist
COPY --from=frontends /src/KSysAdmin/frontend/dist KSysAdmin/frontend/dist
COPY --from=frontends /src/shared/frontend/apiDocs/dist shared/frontend/apiDocs/dist
ENTRYPOINT ["python3", "-m", "scripts.stack.containerGateway", "/run/gateway"]
