# syntax=docker/dockerfile:1

# One image for every process: docker-compose.yml gives the server, the workers and the migration their commands.

FROM node:24-slim AS build
WORKDIR /app
# The dependencies first: this layer is made anew only when the lock file changes.
COPY package.json package-lock.json .npmrc ./
COPY packages/client/package.json packages/client/
COPY packages/react/package.json packages/react/
COPY packages/element/package.json packages/element/
COPY scripts/ensure-installed.mjs scripts/
RUN node --input-type=module --eval "import { ensureInstalled } from '/app/scripts/ensure-installed.mjs'; ensureInstalled()"
COPY . .
# With the bill of materials of what is in the image (CycloneDX).
RUN npm run build && npm prune --omit=dev && npm run --silent sbom > sbom.cdx.json

FROM node:24-slim
# Two malloc arenas: threads free what others allocated, and each further arena keeps 64 MB of it.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    PICKSTREAM_HOST=0.0.0.0 \
    PICKSTREAM_PORT=4000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/sbom.cdx.json ./
# The user `node` of the base image, as a number so that a cluster can see that it is not root.
USER 1000
EXPOSE 4000
# Of the server; docker-compose.yml switches it off for the processes that do not listen.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PICKSTREAM_PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/main.js"]
