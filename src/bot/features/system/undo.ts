import { DomainError } from '../../../domain/core/errors.ts'
import { findDeletionsAround } from '../../../domain/tasks/removal/deletions.ts'
import { lastChange, type Undone, undoChange } from '../../../domain/undo/undo.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { unpackUuid } from '../../../view/kit/callbacks.ts'
import { nothingToUndoCard, undoneListCard, undoneText, undoRefusedCard } from '../../../view/system/undo.ts'
import { type BotContext, readerOf, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onAct, onCommand } from '../../kit/feature.ts'
import { showScreen, showTask } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'

/** /undo: takes back the owner's last change; sent again, the one before it. */
export function undo(): Feature {
  const feature = createFeature()
  onCommand(feature, 'undo', (ctx) => undoLast(ctx))
  onAct(feature, 'restore', (ctx, packed) => restore(ctx, packed, async (id) => [id]))
  onAct(feature, 'restore-all', (ctx, packed) =>
    restore(ctx, packed, (id) => findDeletionsAround(scopeOf(ctx), id)),
  )
  onAct(feature, 'audit-undo', async (ctx, packed) => {
    const auditId = unpackUuid(packed)
    if (auditId === undefined) return toast(ctx, toasts.outdated)
    await showUndone(ctx, await undoChange(ctx.board, auditId))
  })
  onAct(feature, 'undo-before', (ctx, packed) => undoLast(ctx, unpackUuid(packed)))
  return feature
}

async function undoLast(ctx: BotContext, before?: string): Promise<void> {
  const change = await lastChange(scopeOf(ctx), before)
  if (change === null) return showScreen(ctx, nothingToUndoCard())
  try {
    await showUndone(ctx, await undoChange(ctx.board, change.id))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await showScreen(ctx, undoRefusedCard(change, error.message))
  }
}

/** Brings back what an agent deleted, however long ago. */
async function restore(
  ctx: BotContext,
  packed: string,
  findAll: (auditId: string) => Promise<readonly string[]>,
): Promise<void> {
  const auditId = unpackUuid(packed)
  if (auditId === undefined) return toast(ctx, toasts.outdated)
  const restored: Undone[] = []
  for (const id of await findAll(auditId)) {
    try {
      restored.push(await undoChange(ctx.board, id))
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'conflict') throw error
    }
  }
  const [first] = restored
  if (first === undefined) return toast(ctx, toasts.unchanged)
  if (restored.length === 1) return showUndone(ctx, first)
  await showScreen(
    ctx,
    undoneListCard({ ...first, task: null, tasks: restored.flatMap(({ tasks }) => tasks) }),
  )
}

/** Shows what was taken back: its task's card, or a line per task when there are several or none. */
async function showUndone(ctx: BotContext, undone: Undone): Promise<void> {
  if (undone.task === null) await showScreen(ctx, undoneListCard(undone))
  else await showTask(ctx, undone.task, { notice: undoneText(undone, readerOf(ctx)) })
}
