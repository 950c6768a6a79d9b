import { describe, expect, test } from 'vitest'
import { mustStop, type StoppedRun, stopPhaseOf } from '../../../src/domain/sessions/stop.ts'

const at = (seconds: number) => new Date(Date.UTC(2027, 0, 1, 12, 0, seconds))
const stopped: StoppedRun = {
  endedAt: at(0),
  hookAt: at(-30),
  promptedAt: at(-60),
  turnEndedAt: at(-90),
  sessionEndedAt: null,
  stopDeliveredAt: null,
}

describe('a stop', () => {
  test.each<[string, Partial<StoppedRun>, number, string]>([
    ['without a hook', {}, 0, 'stopping'],
    ['without a hook for 59 s', {}, 59, 'stopping'],
    ['without a hook for 60 s', {}, 60, 'unreachable'],
    ['without a hook for 61 s', {}, 61, 'unreachable'],
    ['that a hook could not tell', { hookAt: at(30) }, 89, 'stopping'],
    ['that no hook told for 60 s', { hookAt: at(30) }, 90, 'unreachable'],
    ['that was delivered 9 s ago', { hookAt: at(5), stopDeliveredAt: at(5) }, 14, 'stopping'],
    ['that was delivered 10 s ago', { hookAt: at(5), stopDeliveredAt: at(5) }, 15, 'stopped'],
    ['that was delivered 11 s ago', { hookAt: at(5), stopDeliveredAt: at(5) }, 16, 'stopped'],
    ['that a hook came after', { hookAt: at(12), stopDeliveredAt: at(5) }, 21, 'stopping'],
    ['that a hook came 10 s after', { hookAt: at(12), stopDeliveredAt: at(5) }, 22, 'stopped'],
    ['of an earlier run that was delivered', { stopDeliveredAt: at(-5) }, 10, 'stopping'],
    ['of an agent that ended its turn', { hookAt: at(5), turnEndedAt: at(5) }, 15, 'stopped'],
    ['of a session that ended', { hookAt: at(5), sessionEndedAt: at(5) }, 15, 'stopped'],
    ['of a session with another prompt', { hookAt: at(5), promptedAt: at(5) }, 6, 'stopped'],
  ])('%s', (_, facts, seconds, phase) => {
    expect(stopPhaseOf({ ...stopped, ...facts }, at(seconds))).toBe(phase)
  })

  test.each<[string, Partial<StoppedRun>, number, boolean, boolean]>([
    ['ends the next hook', {}, 5, true, true],
    ['ends hooks at the same time', { stopDeliveredAt: at(5) }, 14, true, true],
    ['ends nothing of Claude Code 10 s later', { stopDeliveredAt: at(5) }, 15, false, true],
    ['ends nothing after a prompt', { promptedAt: at(1) }, 5, false, false],
    ['ends the run after an earlier stop', { stopDeliveredAt: at(-100) }, 5, true, true],
  ])('%s', (_, facts, seconds, claude, codex) => {
    const run = { ...stopped, ...facts }
    expect([mustStop(run, 'claude', at(seconds)), mustStop(run, 'codex', at(seconds))]).toEqual([
      claude,
      codex,
    ])
  })
})
