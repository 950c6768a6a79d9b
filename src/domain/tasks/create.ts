import { and, eq, isNull, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { preparedRead } from '../../db/prepared.ts'
import { projects, users } from '../../db/schema.ts'
import { requireClosingRight, requireProjectRight } from '../access/rights.ts'
import { toActorName } from '../core/actor.ts'
import type { Recorded } from '../core/commit/commit.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { NewEvent } from '../core/events.ts'
import { parse } from '../core/parse.ts'
import { assignLabels, createdLabels } from '../labels/labels.ts'
import { toProjectSettings } from '../projects/project-settings.ts'
import { endOfLane, labelsOfBoard, settingsOf } from './detail.ts'
import { type DetailWithLabels, newDetail } from './detail-after.ts'
import type { Edited } from './edit/decide-edit.ts'
import { branchFor, slugOf } from './edit/keys.ts'
import { keyAtEnd, makeRoomAtEnd } from './edit/order.ts'
import { newNote } from './notes/note.ts'
import { NewTask } from './schemas.ts'
import { toSnapshot } from './snapshot.ts'
import type { Task } from './task.ts'
import { newTaskRow } from './write.ts'

// The project with its settings, the board's labels and the last sort key of the lane.
const readForCreate = preparedRead((db) =>
  db
    .select({
      project: {
        id: projects.id,
        key: projects.projectKey,
        name: projects.name,
        repoUrl: projects.repoUrl,
        deleted: sql<boolean>`false`,
      },
      settings: settingsOf(projects.id),
      boardLabels: labelsOfBoard(projects.ownerId),
      last: endOfLane(projects.ownerId, sql.placeholder('status')),
    })
    .from(projects)
    // The join makes drizzle qualify column names, which the subqueries need.
    .innerJoin(users, eq(users.id, projects.ownerId))
    .where(
      and(
        eq(projects.id, sql.placeholder('projectId')),
        eq(projects.ownerId, sql.placeholder('ownerId')),
        isNull(projects.deletedAt),
      ),
    ),
)

/**
 * Creates a task at the end of its lane with the project's next number and its own branch. Creates new labels.
 * Throws `not-found` for an unknown project, and `invalid`.
 */
export async function createTask(ctx: Ctx, input: NewTask): Promise<Created> {
  const draft = parse(NewTask, input)
  const status = draft.status ?? 'inbox'
  requireClosingRight(ctx.actor, status)
  const note = newNote(draft.description ?? null, draft.criteria ?? [])
  const slug = await slugOf(draft.title)
  return ctx.commit(async (db) => {
    const { projectId } = draft
    const [found] = await readForCreate(db, { ownerId: ctx.ownerId, projectId, status })
    if (found === undefined) throw new DomainError('not-found', 'There is no such project.')
    const { project, settings, boardLabels } = found
    requireProjectRight(ctx.actor, project.key)
    const now = ctx.now()
    const id = v7()
    const lane = { ownerId: ctx.ownerId, status }
    const { last, rows: laneRows } = await makeRoomAtEnd(db, lane, found.last, id)
    const names = [...new Map((draft.labels ?? []).map((name) => [name.toLowerCase(), name])).values()]
    const labeling = assignLabels({
      ownerId: ctx.ownerId,
      task: { id, labels: [] },
      names,
      known: boardLabels,
      now,
    })
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
      const detail = newDetail(task, {
        settings: toProjectSettings(settings ?? {}),
        boardLabels,
        author: toActorName(ctx.actor),
      })
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

/** A created task with its detail. */
export type Created = Edited & { readonly detail: DetailWithLabels; readonly auditId: string }

function queuedEvent({ key, title, project }: Task): NewEvent {
  return {
    type: 'TASK_UPDATED',
    entityId: key,
    projectId: project.id,
    payload: { changedFields: ['run_state'], title, runState: { from: null, to: 'queued' } },
  }
}
