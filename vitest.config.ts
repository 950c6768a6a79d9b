import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Files share what they import, and the databases of test/support/database.ts: half of the time of a run.
    isolate: false,
    // Tests wait for each other's processes, timers and servers about half of the time.
    maxWorkers: 3,
    // These only end what hangs, so a busy machine fails nothing.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
})
