import { and, eq, isNull, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { projects } from '../../db/schema.ts'
import { requireClosingRight, requireProjectRight } from '../access/rights.ts'
import { toActorName } from '../core/actor.ts'
import type { Recorded } from '../core/commit/commit.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { NewEvent } from '../core/events.ts'
import { parse } from '../core/parse.ts'
import { assignLabels, createdLabels, findLabels, listLabels } from '../labels/labels.ts'
import { readSettings } from '../projects/stored-settings.ts'
import { newDetail } from './detail-after.ts'
import type { Edited } from './edit/decide-edit.ts'
import { branchFor, slugOf } from './edit/keys.ts'
import { keyAtEnd, makeRoomAtEnd, readLastKey } from './edit/order.ts'
import { newNote } from './notes/note.ts'
import { NewTask } from './schemas.ts'
import { toSnapshot } from './snapshot.ts'
import type { Task } from './task.ts'
import { newTaskRow } from './write.ts'

/**
 * Creates a task at the end of its lane with the project's next number and its own branch. Creates new labels.
 * Throws `not-found` for an unknown project, and `invalid`.
 */
export async function createTask(
  ctx: Ctx,
  input: NewTask,
  options: { readonly withDetail?: boolean } = {},
): Promise<Created> {
  const draft = parse(NewTask, input)
  const status = draft.status ?? 'inbox'
  requireClosingRight(ctx.actor, status)
  const note = newNote(draft.description ?? null, draft.criteria ?? [])
  const slug = await slugOf(draft.title)
  return ctx.commit(async (db) => {
    const scope = { db, ownerId: ctx.ownerId }
    const [project] = await db
      .select({
        id: projects.id,
        key: projects.projectKey,
        name: projects.name,
        repoUrl: projects.repoUrl,
        deleted: sql<boolean>`false`,
      })
      .from(projects)
      .where(
        and(eq(projects.id, draft.projectId), eq(projects.ownerId, ctx.ownerId), isNull(projects.deletedAt)),
      )
    if (project === undefined) throw new DomainError('not-found', 'There is no such project.')
    requireProjectRight(ctx.actor, project.key)
    const now = ctx.now()
    const id = v7()
    const lane = { ownerId: ctx.ownerId, status }
    const { last, rows: laneRows } = await makeRoomAtEnd(db, lane, await readLastKey(db, lane), id)
    const names = [...new Map((draft.labels ?? []).map((name) => [name.toLowerCase(), name])).values()]
    const known = await findLabels(scope, names)
    const labeling = assignLabels({ ownerId: ctx.ownerId, task: { id, labels: [] }, names, known, now })
    const settings = options.withDetail ? await readSettings(db, project.id) : null
    const boardLabels = options.withDetail ? await listLabels(scope) : []
    const auditId = v7()
    const withNumber = (number: number): Recorded<Created> => {
      const key = `${project.key}-${number}`
      const task: Task = {
        id,
        key,
        prefix: project.key,
        number,
        title: draft.title,
        note,
        status,
        priority: draft.priority ?? 'none',
        branch: draft.branch || branchFor(key, slug),
        engine: draft.engine ?? null,
        runState: draft.queued ? 'queued' : null,
        runStateUpdatedAt: draft.queued ? now : null,
        dueAt: draft.dueAt ?? null,
        focusedAt: draft.focus ? now : null,
        sortOrder: keyAtEnd(last, id) ?? '',
        archivedAt: status === 'archived' ? now : null,
        createdAt: now,
        updatedAt: now,
        labels: labeling.labels,
        project,
        question: null,
        lastRun: null,
        snoozedUntil: null,
      }
      const detail = settings && newDetail(task, { settings, boardLabels, author: toActorName(ctx.actor) })
      return {
        result: { task, detail, auditId, changed: ['created'] },
        rows: [newTaskRow(ctx.ownerId, task), ...laneRows, ...labeling.rows],
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
            meta: {
              taskId: id,
              title: draft.title,
              status,
              after: toSnapshot(task),
              ...createdLabels(labeling.audit),
            },
          },
          ...labeling.audit,
        ],
      }
    }
    return { prefix: project.key, withNumber }
  })
}

type Created = Edited & { readonly auditId: string }

function queuedEvent({ key, title, project }: Task): NewEvent {
  return {
    type: 'TASK_UPDATED',
    entityId: key,
    projectId: project.id,
    payload: { changedFields: ['run_state'], title, runState: { from: null, to: 'queued' } },
  }
}
