import type { Guard } from './guard.ts'

const runners = ['test/api/runners.test.ts']
const leases = ['test/jobs/leases.test.ts']

/** The guards of runners and their runs. */
export const runnerGuards: readonly Guard[] = [
  {
    name: 'lease-length',
    file: 'src/domain/runs/runners.ts',
    find: 'leaseMs = 90 * secondMs',
    replace: 'leaseMs = 91 * secondMs',
    tests: leases,
    on: 'embedded',
  },
  {
    name: 'lease-while-the-board-is-down',
    file: 'src/domain/tasks/runners/lose-run.ts',
    find: 'if (since > over) return []',
    replace: '',
    tests: leases,
    on: 'embedded',
  },
  {
    name: 'run-that-its-runner-does-not-know',
    file: 'src/domain/tasks/runners/lose-run.ts',
    find: 'if (!alive.includes(id)) await loseRun',
    replace: 'if (alive.includes(id)) await loseRun',
    tests: leases,
    on: 'embedded',
  },
  {
    name: 'second-loss',
    file: 'src/domain/questions/new-question.ts',
    find: 'lostOptions.slice(isSecond ? 1 : 0)',
    replace: 'lostOptions.slice(0)',
    tests: leases,
    on: 'embedded',
  },
  {
    name: 'lease-of-another-runner',
    file: 'src/domain/runs/runners.ts',
    find: 'expect: { runnerId, endedAt: null }',
    replace: 'expect: { endedAt: null }',
    tests: runners,
    on: 'embedded',
  },
  {
    name: 'words-once',
    file: 'src/domain/tasks/runners/instructions.ts',
    find: 'rows: words.map((word) => hearComment(word.id, now)),',
    replace: 'rows: [],',
    tests: runners,
    on: 'embedded',
  },
  {
    name: 'claim-of-another-token',
    file: 'src/domain/runs/runners.ts',
    find: 'and(eq(runners.id, id), eq(runners.tokenId, tokenId))',
    replace: 'eq(runners.id, id)',
    tests: runners,
    on: 'embedded',
  },
  {
    name: 'paused-engine',
    file: 'src/domain/tasks/runners/claim-for-runner.ts',
    find: 'input.engines.filter((engine) => !paused.includes(engine))',
    replace: 'input.engines',
    tests: ['test/bot/features/runners.test.ts'],
    on: 'embedded',
  },
  {
    name: 'stop-waits-for-the-process',
    file: 'src/domain/sessions/stopping-runs.ts',
    find: 'r.heartbeat_at is not null then r.exited_at is null',
    replace: 'r.heartbeat_at is not null then false',
    tests: ['test/bot/features/runners.test.ts'],
    on: 'embedded',
  },
]
