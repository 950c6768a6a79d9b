import type { ToolUse } from '../../domain/questions/danger/danger.ts'
import { tools } from '../mcp/tools.ts'

const names = new Set(tools.map(({ name }) => name))
const onOurServer = /^mcp__(?:plugin_preqbot_)?preqbot__(\w+)$/
const starting = new Set(['preq_claim_task', 'preq_start_task'])

/** Tests whether a tool is one of ours, on a server named preqbot. */
export function isOwnTool(tool: string): boolean {
  return names.has(toOwnName(tool))
}

/** Returns the key of the task that a use of our tools claimed or started; null if it did neither. */
export function startedTask({ name }: ToolUse, response: unknown): string | null {
  return starting.has(toOwnName(name)) ? findKey(response, 0) : null
}

function toOwnName(tool: string): string {
  return onOurServer.exec(tool)?.[1] ?? ''
}

const maxDepth = 8

// Agents wrap a tool's answer in various ways, also as JSON in a text.
function findKey(value: unknown, depth: number): string | null {
  if (depth > maxDepth) return null
  if (typeof value === 'string') return value.startsWith('{') ? findKey(parsed(value), depth + 1) : null
  if (typeof value !== 'object' || value === null) return null
  if ('task_key' in value && typeof value.task_key === 'string') return value.task_key
  for (const part of Object.values(value)) {
    const key = findKey(part, depth + 1)
    if (key !== null) return key
  }
  return null
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
