import { and, eq, isNull } from 'drizzle-orm'
import { v7 } from 'uuid'
import { projects, tasks } from '../../db/schema.ts'
import { requireClosingRight, requireProjectRight } from '../access/rights.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { NewEvent } from '../core/events.ts'
import { parse } from '../core/parse.ts'
import { assignLabels, createdLabels } from '../labels/labels.ts'
import type { Edited } from './edit/edit.ts'
import { branchFor, nextTaskNumber, slugOf } from './edit/keys.ts'
import { endKey, lockLanesForEnd } from './edit/order.ts'
import { newNote } from './notes/note.ts'
import { requireTask } from './read.ts'
import { NewTask } from './schemas.ts'
import { toSnapshot } from './snapshot.ts'
import type { Task } from './task.ts'

/**
 * Creates a task at the end of its lane with the project's next number and its own branch. Creates new labels.
 * Throws `not-found` for an unknown project, and `invalid`.
 */
export async function createTask(ctx: Ctx, input: NewTask): Promise<Edited & { readonly auditId: string }> {
  const draft = parse(NewTask, input)
  const status = draft.status ?? 'inbox'
  requireClosingRight(ctx.actor, status)
  const note = newNote(draft.description ?? null, draft.criteria ?? [])
  // Outside the transaction, since transliteration may have to be loaded.
  const slug = await slugOf(draft.title)
  return ctx.mutate(async (tx) => {
    const [project] = await tx
      .select({ id: projects.id, key: projects.projectKey })
      .from(projects)
      .where(
        and(eq(projects.id, draft.projectId), eq(projects.ownerId, ctx.ownerId), isNull(projects.deletedAt)),
      )
    if (project === undefined) throw new DomainError('not-found', 'There is no such project.')
    requireProjectRight(ctx.actor, project.key)
    const now = ctx.now()
    await lockLanesForEnd(tx, ctx.ownerId)
    const number = await nextTaskNumber(tx, ctx.ownerId, project.key)
    const key = `${project.key}-${number}`
    const id = v7()
    await tx.insert(tasks).values({
      id,
      ownerId: ctx.ownerId,
      projectId: project.id,
      taskKey: key,
      taskPrefix: project.key,
      taskNumber: number,
      title: draft.title,
      note,
      status,
      taskPriority: draft.priority ?? 'none',
      branch: draft.branch || branchFor(key, slug),
      engine: draft.engine ?? null,
      ...(draft.queued ? { runState: 'queued' as const, runStateUpdatedAt: now } : {}),
      dueAt: draft.dueAt ?? null,
      focusedAt: draft.focus ? now : null,
      sortOrder: await endKey(tx, { ownerId: ctx.ownerId, status }, id),
      archivedAt: status === 'archived' ? now : null,
      createdAt: now,
      updatedAt: now,
    })
    const labels = [...new Map((draft.labels ?? []).map((name) => [name.toLowerCase(), name])).values()]
    const { audit } =
      labels.length === 0
        ? { audit: [] }
        : await assignLabels(tx, { ownerId: ctx.ownerId, taskId: id, names: labels, now })
    const auditId = v7()
    const task = await requireTask({ db: tx, ownerId: ctx.ownerId }, id)
    return {
      result: { task, auditId, changed: ['created'] },
      events: [
        {
          type: 'TASK_CREATED',
          entityId: key,
          projectId: project.id,
          payload: { title: draft.title, status },
        },
        ...(draft.queued ? [queuedEvent(task)] : []),
      ],
      audit: [
        {
          id: auditId,
          action: 'task.create',
          targetType: 'task',
          targetId: key,
          meta: { taskId: id, title: draft.title, status, after: toSnapshot(task), ...createdLabels(audit) },
        },
        ...audit,
      ],
    }
  })
}

function queuedEvent({ key, title, project }: Task): NewEvent {
  return {
    type: 'TASK_UPDATED',
    entityId: key,
    projectId: project.id,
    payload: { changedFields: ['run_state'], title, runState: { from: null, to: 'queued' } },
  }
}
