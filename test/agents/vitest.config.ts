import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/agents/scenarios/*.scenario.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    isolate: false,
    // One program at a time, so the times mean something.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
})
