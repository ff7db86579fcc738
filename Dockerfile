# The program as `make build` left it in dist/: one file and the page. `make image` runs both.
FROM node:24-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/*
COPY dist/sluice.mjs /app/sluice.mjs
COPY dist/ui /app/ui
ENV NODE_ENV=production HOME=/tmp
USER 65532:65532
ENTRYPOINT ["node", "/app/sluice.mjs"]
CMD ["controller"]
