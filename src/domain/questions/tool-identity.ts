import { createHash } from 'node:crypto'
import type { ToolUse } from './danger/danger.ts'

// Their inputs come back changed: with answers, or empty.
const namedOnly = new Set(['AskUserQuestion', 'ExitPlanMode'])

/**
 * Returns a SHA-256 of what identifies a tool's input: the command of a shell alone, since its description may be lost; otherwise the
 * whole input in any order of keys.
 */
export function identityOf({ name, input }: ToolUse): string {
  return createHash('sha256').update(identifyingText(name, input)).digest('hex')
}

function identifyingText(name: string, input: ToolUse['input']): string {
  if (namedOnly.has(name)) return ''
  if (name === 'Bash' && typeof input.command === 'string') return input.command
  return JSON.stringify(sorted(input))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  )
}
