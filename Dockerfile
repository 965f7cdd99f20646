# Builds for linux/amd64 and linux/arm64: docker buildx build --platform linux/amd64,linux/arm64 .
# The digest of a base image names the index of all its platforms. Renew tag and digest together:
#   docker buildx imagetools inspect node:22.23.2-bookworm-slim --format '{{.Manifest.Digest}}'
FROM node:22.23.2-bookworm@sha256:0557ac14e0d45d02ed563067b82856ca5e7aa3437fa28d98d4350ea9c3d9494a AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN ["npm", "ci"]
COPY tsconfig.json tsconfig.build.json nest-cli.json ormconfig.ts ./
COPY src ./src
COPY console ./console
COPY packages/sdk/src ./packages/sdk/src
COPY tools/bundle.js ./tools/bundle.js
RUN ["npm", "run", "build"]
RUN ["npm", "prune", "--omit=dev"]
# The folder of a volume takes its owner from the image.
RUN ["mkdir", "data"]

FROM node:22.23.2-bookworm-slim@sha256:48e4b67d85f87bd551df43704e24d252f56cc5f8e9718841aace50f19948f0f9
LABEL org.opencontainers.image.title="Keywright" org.opencontainers.image.licenses="MIT" org.opencontainers.image.version="0.2.0"
# glibc then keeps less memory for Node's threads: docs/operations.md.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build --chown=1000:1000 /app/data ./data
# The user node, by number: Kubernetes' runAsNonRoot knows no names.
USER 1000:1000
VOLUME ["/app/data"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--no-concurrent-marking", "--max-semi-space-size=4", "dist/src/main.js"]
CMD ["serve"]
