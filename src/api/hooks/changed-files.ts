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
