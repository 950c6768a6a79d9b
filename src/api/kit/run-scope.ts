import { outsideRun } from '../../domain/access/rights.ts'
import type { Actor, RunScope } from '../../domain/core/actor.ts'

// What the token of a run may be used for. The verbs check that a task is the run's own.

const routes: readonly (readonly [method: string, path: RegExp])[] = [
  ['POST', /^\/api\/tasks$/],
  ['GET', /^\/api\/tasks\/[^/]+$/],
  ['PATCH', /^\/api\/tasks\/[^/]+$/],
  ['POST', /^\/api\/tasks\/[^/]+\/release$/],
  ['GET', /^\/api\/tasks\/[^/]+\/(?:comments|log)$/],
  ['POST', /^\/api\/tasks\/[^/]+\/comments$/],
  ['POST', /^\/api\/questions$/],
  ['GET', /^\/api\/questions\/[^/]+$/],
  ['DELETE', /^\/api\/questions\/[^/]+$/],
  ['PATCH', /^\/api\/runs\/[^/]+$/],
  ['POST', /^\/mcp\/?$/],
  ['POST', /^\/hooks\/(?:claude|codex)$/],
]

const tools: readonly string[] = [
  'preq_get_task',
  'preq_list_task_log',
  'preq_list_task_comments',
  'preq_start_task',
  'preq_comment',
  'preq_ask_owner',
  'preq_get_answer',
  'preq_plan_task',
  'preq_complete_task',
  'preq_review_task',
  'preq_block_task',
  'preq_release_task',
  'preq_create_task',
  'preq_agent_guide',
]

// What may come with a lifecycle action.
const fields: readonly string[] = [
  'lifecycle_action',
  'result',
  'artifacts',
  'planMarkdown',
  'acceptance_criteria',
  'priority',
  'labels',
  'branch',
  'engine',
  'repo',
  'projectKey',
  'project_key',
]

/** Throws `forbidden` if the token of a run may not call this route. */
export function requireRunRoute(
  run: RunScope,
  { method, path }: { readonly method: string; readonly path: string },
): void {
  if (!routes.some(([one, shape]) => one === method && shape.test(path))) throw outsideRun(run)
}

/** Tests whether an actor may call a tool. */
export function mayCall(actor: Actor, { name }: { readonly name: string }): boolean {
  return actor.kind !== 'agent' || actor.run === undefined || tools.includes(name)
}

/** Throws `forbidden` if the token of a run may not call this tool. */
export function requireRunTool(actor: Actor, tool: { readonly name: string }): void {
  if (actor.kind === 'agent' && actor.run !== undefined && !mayCall(actor, tool)) throw outsideRun(actor.run)
}

/** Throws `forbidden` if the token of a run may not change a task in this way: it reports on its work and edits nothing else. */
export function requireRunEdit(run: RunScope | null, edit: Readonly<Record<string, unknown>>): void {
  if (run === null) return
  const isReport = edit.lifecycle_action !== undefined
  if (!isReport || Object.keys(edit).some((field) => !fields.includes(field))) throw outsideRun(run)
}
