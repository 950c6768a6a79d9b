import type { NewTask, TaskEdit } from '../../domain/tasks/schemas.ts'
import type { NewTaskBody, ResultBody, TaskPatchBody } from './task-input.ts'

/** Converts a request body to the domain's new task. */
export function toNewTask(body: NewTaskBody, projectId: string): NewTask {
  return {
    projectId,
    title: body.title,
    description: body.description,
    criteria: body.acceptance_criteria,
    status: body.status,
    priority: body.priority,
    labels: body.labels,
    engine: body.engine === '' ? null : body.engine,
    branch: body.branch,
  }
}

/** Converts a request body to the domain's task edit. */
export function toTaskEdit(body: TaskPatchBody): TaskEdit {
  return {
    title: body.title,
    note: body.noteMarkdown,
    description: body.description,
    plan: body.planMarkdown,
    criteria: body.acceptance_criteria,
    status: body.status,
    priority: body.priority,
    labels: body.labels,
    engine: body.engine === '' ? null : body.engine,
    branch: body.branch,
    lifecycle: body.lifecycle_action,
    result: body.result && toResult(body.result, body.artifacts),
    // PREQSTATION's clients also send artifacts outside the result.
    artifacts: body.result === undefined ? (body.artifacts ?? undefined) : undefined,
    strictReady: true,
  }
}

function toResult(body: ResultBody, beside: ResultBody['artifacts']): TaskEdit['result'] {
  return {
    summary: body.summary ?? undefined,
    blockedReason: body.blocked_reason ?? body.blockedReason ?? body.reason ?? undefined,
    tests: body.tests ?? undefined,
    prUrl: body.pr_url ?? body.prUrl ?? undefined,
    notes: body.notes ?? undefined,
    checks: toChecks(body.checks),
    engine: body.engine || undefined,
    options: body.options ?? undefined,
    artifacts: body.artifacts ?? beside ?? undefined,
  }
}

function toChecks(checks: ResultBody['checks']): string | undefined {
  if (typeof checks !== 'object') return checks
  if (checks === null) return undefined
  return Object.entries(checks)
    .map(([name, outcome]) => `${name}: ${outcome}`)
    .join(', ')
}
