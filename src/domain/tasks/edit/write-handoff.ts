import type { Tx } from '../../../db/types.ts'
import type { Ctx } from '../../core/context.ts'
import { storeQuestion, withdrawQuestions } from '../../questions/store.ts'
import { endRun, type Run, startRun } from '../../runs/store.ts'
import type { Task } from '../task.ts'
import type { EditPlan } from './plan/plan-edit.ts'
import { writeSnooze } from './snooze.ts'

interface Handoff {
  /** The task's question and run afterward. */
  readonly now: Pick<Task, 'question' | 'lastRun'>
  readonly closedQuestions: readonly string[]
}

/** Writes what a change does to the task's run, questions and snooze. */
export async function writeHandoff(
  ctx: Ctx,
  tx: Tx,
  facts: {
    readonly task: Task
    readonly written: Task
    readonly plan: EditPlan
    readonly sent: Promise<unknown>
  },
): Promise<Handoff> {
  const { task, written, plan } = facts
  const touches = plan.runStarts || plan.runEnds !== null || plan.withdraws || plan.question !== null
  if (!touches && plan.snooze === undefined) {
    return { now: { question: task.question, lastRun: task.lastRun }, closedQuestions: [] }
  }
  // An earlier statement may have been refused; then nothing more is written.
  await facts.sent
  const now = ctx.now()
  const tokenId = ctx.actor.kind === 'agent' ? ctx.actor.tokenId : null
  if (plan.snooze !== undefined) await writeSnooze(tx, task.id, plan.snooze)
  if (plan.runEnds !== null) await endRun(tx, task.id, plan.runEnds, now)
  const closedQuestions = plan.withdraws ? await withdrawQuestions(tx, task.id, now) : []
  const question = plan.withdraws ? null : task.question
  const opened =
    plan.question &&
    (await storeQuestion(tx, { ownerId: ctx.ownerId, taskId: task.id, tokenId, now }, plan.question))
  const runId =
    plan.runStarts &&
    (await startRun(tx, { ownerId: ctx.ownerId, task: written, actor: ctx.actor, engine: plan.engine, now }))
  return {
    now: {
      question:
        opened && plan.question
          ? { ...plan.question, id: opened, name: nameOf(ctx), askedAt: now }
          : question,
      lastRun: runId
        ? toRun(ctx, { id: runId, engine: plan.engine, since: now, outcome: null })
        : task.lastRun && plan.runEnds
          ? { ...task.lastRun, outcome: plan.runEnds }
          : task.lastRun,
    },
    closedQuestions,
  }
}

function nameOf({ actor }: Ctx): string | null {
  return actor.kind === 'agent' ? actor.name : null
}

function toRun({ actor }: Ctx, run: Omit<Run, 'name' | 'tokenId' | 'session'>): Run {
  return actor.kind === 'agent'
    ? { ...run, name: actor.name, tokenId: actor.tokenId, session: actor.session ?? null }
    : { ...run, name: null, tokenId: null, session: null }
}
