import { listLabels } from '../../../domain/labels/labels.ts'
import { parseQuickAdd, type QuickAddProblem } from '../../../domain/quick-add/quick-add.ts'
import { suggest } from '../../../domain/quick-add/suggest.ts'
import type { Suggested } from '../../../view/tasks/suggestions.ts'
import { type BotContext, scopeOf, viewerOf } from '../context.ts'

/** Adds suggestions for shorthand that wasn't understood. */
export async function withSuggestions(
  ctx: BotContext,
  problems: readonly QuickAddProblem[],
): Promise<Suggested[]> {
  if (problems.length === 0) return []
  const projectKeys = (await ctx.projects()).map((project) => project.projectKey)
  const labelNames = (await listLabels(scopeOf(ctx))).map((label) => label.name)
  const context = { ...viewerOf(ctx), projectKeys, labelNames }
  return problems.map((problem) => ({ ...problem, suggestion: suggest(problem, context) }))
}

/** Returns the shorthand in a line that wasn't understood. */
export async function problemsIn(ctx: BotContext, line: string): Promise<readonly QuickAddProblem[]> {
  const projectKeys = (await ctx.projects()).map((project) => project.projectKey)
  return parseQuickAdd(line, { ...viewerOf(ctx), projectKeys }).problems
}
