import { readFile } from 'node:fs/promises'

/**
 * Repairs of bundled packages, until a release has them. postgres 3.4.9 keeps what it was about to write when a connection is lost: that
 * connection can never write again, and each query on it waits for 30 s and fails (github.com/porsager/postgres pull request 1209). And a
 * query that is sent between a socket's error and its close is never answered.
 */
const repairs = [
  {
    filter: /[/\\]postgres[/\\]src[/\\]connection\.js$/,
    replacements: [
      [
        'clearImmediate(nextWriteTimer)\n    socket.removeListener',
        `clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener`,
      ],
      [
        `!hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))`,
        `if (query || sent.length) error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = results = errorResponse = null
    result = new Result()`,
      ],
    ],
  },
]

/** The esbuild plugin that repairs bundled packages. A build fails if a repair no longer fits, or has nothing to repair. */
export const repairedPackages = {
  name: 'repaired-packages',
  setup: ({ onLoad, onEnd }) => {
    const waiting = new Set(repairs)
    for (const repair of repairs)
      onLoad({ filter: repair.filter }, async ({ path }) => {
        waiting.delete(repair)
        let contents = await readFile(path, 'utf8')
        for (const [from, to] of repair.replacements) {
          if (!contents.includes(from))
            throw new Error(`${path} has changed: see whether scripts/repairs.js is still needed.`)
          contents = contents.replace(from, to)
        }
        return { contents, loader: 'js' }
      })
    onEnd(() => ({
      errors: [...waiting].map(({ filter }) => ({
        text: `Nothing matches ${filter}: see whether scripts/repairs.js is still needed.`,
      })),
    }))
  },
}
