# The relay with its UI inside, as one program on a small Debian.
#
#   docker build -t leanspec-relay . && docker run -p 8080:8080 -v relay_data:/data leanspec-relay

FROM node:22-bookworm-slim AS ui
WORKDIR /src/ui-static
COPY ui-static/package.json ui-static/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY ui-static ./
RUN npm run build

FROM rust:1.95.0-slim-bookworm AS relay
# The pinned compiler is here already; rust-toolchain.toml would fetch its lint tools as well.
ENV RUSTUP_TOOLCHAIN=1.95.0
WORKDIR /src
COPY . .
COPY --from=ui /src/ui-static/dist ui-static/dist
RUN cargo build --release --locked --package leanspec-relay

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin relay \
  && install --directory --owner relay --group relay --mode 0700 /data
COPY --from=relay /src/target/release/leanspec-relay /usr/local/lib/leanspec-relay
# A fresh volume belongs to root on Fly.io, and so does a shell there. This hands the folder over
# and gives the rights away before the relay, or `leanspec-relay key …` beside it, runs.
RUN printf '%s\n' \
    '#!/bin/sh -e' \
    'if [ "$(id -u)" = 0 ]; then' \
    '  chown -R relay:relay /data' \
    '  exec setpriv --reuid=relay --regid=relay --clear-groups --no-new-privs "$0" "$@"' \
    'fi' \
    'exec /usr/local/lib/leanspec-relay "$@"' \
    > /usr/local/bin/leanspec-relay \
  && chmod 0755 /usr/local/bin/leanspec-relay
ENV LEANSPEC_RELAY_DATA=/data
ENV LEANSPEC_RELAY_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# The image has no curl: bash speaks enough HTTP for this.
HEALTHCHECK --interval=10s --timeout=2s --start-period=20s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${LEANSPEC_RELAY_LISTEN##*:} && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["leanspec-relay"]
CMD ["serve"]
