import { isProtectedPath } from './protected-path.ts'
import { isDangerousArgv, isDangerousScript } from './script.ts'

/** A tool with its input, as an agent wants to use it. */
export interface ToolUse {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

const readingTools = new Set([
  'Read',
  'Glob',
  'Grep',
  'LS',
  'NotebookRead',
  'WebSearch',
  'AskUserQuestion',
  'ExitPlanMode',
])

/**
 * Tests whether a use of a tool is dangerous: it deletes, overwrites history, gains rights, or writes keys, `.env` files or shell
 * profiles. A command that can't be split safely is dangerous too.
 */
export function isDangerousUse({ name, input }: ToolUse): boolean {
  if (readingTools.has(name)) return false
  if (input.dangerouslyDisableSandbox === true || /powershell|pwsh/i.test(name)) return true
  if (name === 'apply_patch') return textsIn(input).some(patchesProtectedPath)
  return [input.command, input.cmd].some(isDangerousRun) || pathsIn(input).some(isProtectedPath)
}

function isDangerousRun(command: unknown): boolean {
  if (typeof command === 'string') return isDangerousScript(command)
  if (!Array.isArray(command)) return false
  return !command.every((word) => typeof word === 'string') || isDangerousArgv(command)
}

function patchesProtectedPath(patch: string): boolean {
  const paths = patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): *(.+?)\s*$/gm)
  return [...paths].some(([, path = '']) => isProtectedPath(path))
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const pathName = /path|file|dir|folder|uri|target|destination|^to$/i

function pathsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) =>
    pathName.test(name) ? [...textsIn(part)] : pathsIn(part),
  )
}
