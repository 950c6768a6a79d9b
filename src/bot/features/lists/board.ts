import { countByLane, listLane } from '../../../domain/tasks/lists/lanes.ts'
import { findTasks } from '../../../domain/tasks/read.ts'
import { boardScreen } from '../../../view/kit/links.ts'
import {
  boardUndoTap,
  changedManyToast,
  moveAllCard,
  moveAllTap,
  skippedText,
  sureMoveAllTap,
} from '../../../view/tasks/lists/board.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { showScreen } from '../../kit/show.ts'
import { countChanged, doActs } from '../../kit/tasks/acts.ts'
import { topicOfMessage } from '../../kit/tasks/list-query.ts'
import { showBoard } from '../../kit/tasks/show-board.ts'
import { toast } from '../../kit/toast.ts'
import { onUndo } from '../../kit/undo.ts'

// The most tasks that one tap changes. Each takes about ten statements.
const maxAtOnce = 200

/** /board: all lanes in one message, with buttons that move a whole lane. */
export function board(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    {
      command: 'board',
      usage: '[PROJECT]',
      description: 'Board',
      menu: 4,
      toButton: (words) => boardScreen.encode({ projectKey: words.toUpperCase() }),
    },
    (ctx) => showBoard(ctx, ctx.match.trim().toUpperCase()),
  )
  onTap(feature, boardScreen, (ctx, { projectKey }) => showBoard(ctx, projectKey))
  onTap(feature, moveAllTap, (ctx, { status, projectKey }) => askAll(ctx, status, projectKey))
  onTap(feature, sureMoveAllTap, (ctx, { status, projectKey }) => moveAll(ctx, status, projectKey))
  onUndo(feature, boardUndoTap, showBoard)
  return feature
}

async function askAll(ctx: BotContext, status: 'ready' | 'done', projectKey: string): Promise<void> {
  const lane = { status, projectKey: projectKey || undefined }
  const tasks = await listLane(scopeOf(ctx), lane, { limit: maxAtOnce })
  if (tasks.length === 0) {
    await toast(ctx, 'There are none now.')
    return showBoard(ctx, projectKey)
  }
  const count = await countByLane(scopeOf(ctx), lane)
  const card = moveAllCard({ status, projectKey }, { keys: tasks.map(({ key }) => key), count })
  await showScreen(ctx, card, { topic: { kind: 'board', picked: tasks.map(({ id }) => id) } })
}

/** Moves the tasks that the confirmation named, if they are still in the lane. */
async function moveAll(ctx: BotContext, status: 'ready' | 'done', projectKey: string): Promise<void> {
  const topic = await topicOfMessage(ctx)
  const picked = topic?.kind === 'board' ? topic.picked : []
  const there = (await findTasks(scopeOf(ctx), picked)).filter((task) => task.status === status)
  const act = { verb: status === 'ready' ? 'done' : 'archived' } as const
  const inOrder = picked.flatMap((id) => there.filter((task) => task.id === id))
  const done = await orRefusal(ctx, () =>
    doActs(
      ctx,
      inOrder.map((task) => ({ task, act })),
    ),
  )
  if (done === null) return showBoard(ctx, projectKey)
  const skipped = { working: done.stops.map(({ task }) => task) }
  await toast(ctx, changedManyToast(countChanged(done), skipped))
  await showBoard(ctx, projectKey, { undo: done.auditId, notice: skippedText(skipped) })
}
