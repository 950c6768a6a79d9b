import { posix } from 'node:path'
import type { ToolUse } from '../../domain/questions/danger/danger.ts'

/** What a tool is about to do: a question in one line, and exactly what it would do. */
export interface ToolDetail {
  readonly text: string
  readonly detail: string
  /** The detail is what the owner allows, so it must not be cut. */
  readonly isExact: boolean
}

/** Describes a use of a tool: the exact command, the file with its diff or content, or else its input as JSON. */
export function describeUse({ name, input }: ToolUse, cwd: string | null): ToolDetail {
  const command = input.command ?? input.cmd
  if (name === 'apply_patch') return { text: 'Apply this patch?', detail: patchOf(input), isExact: false }
  if (isCommand(command)) {
    const line = typeof command === 'string' ? command : command.map(quoted).join(' ')
    const reason = textOf(input.description ?? input.justification)
    return {
      text: reason === '' ? 'Run this command?' : `Run this command?\n${reason}`,
      detail: line,
      isExact: true,
    }
  }
  const path = textOf(input.file_path ?? input.notebook_path)
  const change = path === '' ? null : changeOf(input)
  if (change !== null) {
    const verb = typeof input.content === 'string' ? 'Write' : 'Edit'
    return { text: `${verb} ${relativeTo(cwd, path)}?`, detail: `${path}\n\n${change}`, isExact: false }
  }
  return { text: `Use ${toolName(name)}?`, detail: JSON.stringify(input, null, 2), isExact: false }
}

function isCommand(command: unknown): command is string | readonly string[] {
  return (
    typeof command === 'string' ||
    (Array.isArray(command) && command.every((word) => typeof word === 'string'))
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function patchOf(input: ToolUse['input']): string {
  const [patch] = [input.command, input.patch, input.input].filter((one) => typeof one === 'string')
  return patch ?? JSON.stringify(input, null, 2)
}

function changeOf(input: ToolUse['input']): string | null {
  if (typeof input.content === 'string') return input.content
  if (typeof input.new_source === 'string') return input.new_source
  const edits: unknown[] = Array.isArray(input.edits) ? input.edits : [input]
  const diffs = edits.map(diffOf)
  return diffs.every((diff) => diff !== null) ? diffs.join('\n\n') : null
}

function diffOf(edit: unknown): string | null {
  if (typeof edit !== 'object' || edit === null || !('old_string' in edit) || !('new_string' in edit))
    return null
  const { old_string: before, new_string: after } = edit
  if (typeof before !== 'string' || typeof after !== 'string') return null
  const all = 'replace_all' in edit && edit.replace_all === true ? 'Everywhere:\n' : ''
  return `${all}${marked('-', before)}\n${marked('+', after)}`.trim()
}

function marked(sign: string, text: string): string {
  if (text === '') return ''
  return text
    .split('\n')
    .map((line) => `${sign} ${line}`)
    .join('\n')
}

function relativeTo(cwd: string | null, path: string): string {
  return cwd !== null && path.startsWith(`${cwd}/`) ? posix.relative(cwd, path) : path
}

function toolName(name: string): string {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/.exec(name) ?? []
  return server === undefined ? name : `${tool} of ${server}`
}
