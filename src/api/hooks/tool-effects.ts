import { z } from 'zod'
import type { ToolUse } from '../../domain/questions/danger/danger.ts'

const Edited = z.object({ file_path: z.string() }).or(z.object({ notebook_path: z.string() }))
const editing = new Set(['Edit', 'MultiEdit', 'NotebookEdit', 'Write'])
const patched = /^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm

/** Returns the files that a use of a tool changed. What a command changed is unknown. */
export function changedFiles({ name, input }: ToolUse): string[] {
  // Codex passes a patch as the tool's only text.
  if (name === 'apply_patch')
    return Object.values(input).flatMap((text) =>
      typeof text === 'string' ? [...text.matchAll(patched)].flatMap(([, path]) => path ?? []) : [],
    )
  const edited = editing.has(name) ? Edited.safeParse(input).data : undefined
  if (edited === undefined) return []
  return ['file_path' in edited ? edited.file_path : edited.notebook_path]
}

// Programs that only test, and the task of a build tool that is named after it.
const testPrograms =
  'vitest|jest|mocha|ava|cypress|playwright|pytest|tox|nox|rspec|phpunit|pest|ctest|node\\s[^;&|]*--test|python[\\d.]*\\s+-m\\s+unittest'
const buildTools =
  'npm|pnpm|yarn|bun|deno|go|cargo|dotnet|mix|swift|flutter|dart|gradlew?|mvn|make|just|task|rake|zig'
const testRun = new RegExp(
  `(?:^|[\\s;&|(/])(?:${testPrograms}|(?:${buildTools})(?:\\s+(?:run|build|-\\S+))*\\s+:?test)(?=$|[\\s:;&|)])`,
)
const maxSearched = 5_000

/** Tests whether a use of a tool runs tests, by the words of its command. */
export function runsTests({ input: { command, cmd } }: ToolUse): boolean {
  const words = command ?? cmd
  const line = Array.isArray(words) ? words.join(' ') : words
  return typeof line === 'string' && testRun.test(line.slice(0, maxSearched))
}
