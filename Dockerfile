FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY . .
# The bundle contains the other packages.
RUN npm run build && node scripts/keep-external.js && npm prune --omit=dev --no-fund --no-audit

FROM node:24.21.0-bookworm-slim
# All addresses of the container: where its port is published decides who reaches it.
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 PORT=3000 IN_CONTAINER=1
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/drizzle ./drizzle
COPY --from=build /app/package.json ./
RUN mkdir --mode=700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/api/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# As PID 1, Node receives signals directly; the flags keep its memory under 200 MB (docs/operations.md).
CMD ["node", "--liftoff-only", "--max-semi-space-size=2", "--max-old-space-size=128", "dist/main.js"]
