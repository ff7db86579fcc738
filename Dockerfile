# The program as `make build` left it in dist/: one file and the page, with Node, git, ssh and kustomize and nothing else. `make image`
# builds both; `deploy/image/pack` makes the same folder without Docker.
FROM golang:1.25-bookworm AS kustomize
RUN CGO_ENABLED=0 GOBIN=/out go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1

FROM node:24-bookworm-slim AS pack
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/*
COPY --from=kustomize /out/kustomize /usr/local/bin/kustomize
WORKDIR /src
COPY LICENSE ./
COPY deploy/image/pack deploy/image/pack
COPY dist dist
RUN deploy/image/pack /rootfs dist

FROM scratch
LABEL org.opencontainers.image.title=sluice \
  org.opencontainers.image.description="Progressive delivery controller for Kubernetes" \
  org.opencontainers.image.licenses=Apache-2.0
COPY --from=pack /rootfs /
ENV NODE_ENV=production HOME=/tmp PATH=/usr/bin:/bin
# Numeric, so that runAsNonRoot can be checked.
USER 65532:65532
# A library calls a part of Node that is to go; that is no news for the log.
ENTRYPOINT ["node", "--disable-warning=DEP0040", "/app/sluice.mjs"]
CMD ["controller"]
