import { parseDigestReply } from '../../domain/digest-reply.ts'
import { editTasks } from '../../domain/tasks/edit-many.ts'
import { findTasks } from '../../domain/tasks/read.ts'
import { digestReplyCard } from '../../view/digest-reply.ts'
import { notQueued } from '../../view/runner.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { withRunner } from '../runner.ts'

/** A reply to numbered lines, such as `1 done, 3 tomorrow, 5 hold`: all of it in one change, what is not understood is said. */
export async function answerDigest(ctx: BotContext, text: string, taskIds: readonly string[]): Promise<void> {
  const reader = readerOf(ctx)
  const { orders, problems } = parseDigestReply(text, { ...reader, lines: taskIds.length })
  const there = new Set((await findTasks(scopeOf(ctx), taskIds)).map(({ id }) => id))
  const wanted = orders.map(({ line, edit }) => ({ line, id: taskIds[line - 1] ?? '', edit }))
  const gone = wanted
    .filter(({ id }) => !there.has(id))
    .map(({ line }) => `Line ${line} is gone: its task was deleted.`)
  const { edits, refusals } = await withRunner(
    ctx,
    wanted.filter(({ id }) => there.has(id)).map(({ id, edit }) => ({ reference: id, edit })),
  )
  const changed = await editTasks(ctx.board, edits)
  const now = await findTasks(
    scopeOf(ctx),
    edits.map(({ reference }) => reference),
  )
  const done = edits.flatMap(({ reference, edit }) => {
    const task = now.find(({ id }) => id === reference)
    return task === undefined
      ? []
      : [{ task, edit, isChanged: changed.tasks.some(({ id }) => id === reference) }]
  })
  const said =
    done.length === 0 && problems.length > 0
      ? [...problems, 'Write it like “1 done, 3 tomorrow, 5 hold”.']
      : problems
  const card = digestReplyCard(done, [...said, ...gone, ...refusals.map(notQueued)], {
    ...reader,
    undo: changed.auditId,
  })
  await ctx.sender.say(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}
