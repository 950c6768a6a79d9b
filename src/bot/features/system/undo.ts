import { DomainError } from '../../../domain/core/errors.ts'
import { findDeletionsAround } from '../../../domain/tasks/removal/deletions.ts'
import { lastChange, type Undone, undoChange } from '../../../domain/undo/undo.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { restoreAllTap, restoreTap } from '../../../view/notifications/message.ts'
import { auditUndoTap } from '../../../view/reports/audit.ts'
import {
  nothingToUndoCard,
  undoBeforeTap,
  undoneListCard,
  undoneText,
  undoRefusedCard,
} from '../../../view/system/undo.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen, showTask } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'

/** /undo: reverts the owner's latest change; sent again, the one before it. */
export function undo(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'undo', description: 'Undo your last change', menu: 11, acts: true }, (ctx) =>
    undoLast(ctx),
  )
  onTap(feature, restoreTap, (ctx, { audit }) => restore(ctx, [audit]))
  onTap(feature, restoreAllTap, async (ctx, { audit }) =>
    restore(ctx, await findDeletionsAround(scopeOf(ctx), audit)),
  )
  onTap(feature, auditUndoTap, async (ctx, { audit }) => showUndone(ctx, await undoChange(ctx.board, audit)))
  onTap(feature, undoBeforeTap, (ctx, { before }) => undoLast(ctx, before))
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

/** Restores tasks that an agent deleted, however long ago. */
async function restore(ctx: BotContext, auditIds: readonly string[]): Promise<void> {
  const restored: Undone[] = []
  for (const id of auditIds) {
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

/** Shows what was undone: the task's card, or one line per task. */
async function showUndone(ctx: BotContext, undone: Undone): Promise<void> {
  if (undone.task === null) await showScreen(ctx, undoneListCard(undone))
  else await showTask(ctx, undone.task, { notice: undoneText(undone, viewerOf(ctx)) })
}
