import { parseDigestReply } from '../../domain/digest-reply.ts'
import { findTasks } from '../../domain/tasks/read.ts'
import { changesCard } from '../../view/changes.ts'
import { doActs } from '../acts.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'

/** A reply to numbered lines, e.g. `1 done, 3 tomorrow, 5 hold`: all of it in one change; it names what it didn't understand. */
export async function answerDigest(ctx: BotContext, text: string, taskIds: readonly string[]): Promise<void> {
  const reader = readerOf(ctx)
  const { orders, problems } = parseDigestReply(withQuoted(ctx, text), { ...reader, lines: taskIds.length })
  const tasks = await findTasks(scopeOf(ctx), taskIds)
  const wanted = orders.map(({ line, act }) => ({
    line,
    task: tasks.find(({ id }) => id === taskIds[line - 1]),
    act,
  }))
  const there = wanted.flatMap(({ task, act }) => (task === undefined ? [] : [{ task, act }]))
  const gone = wanted
    .filter(({ task }) => task === undefined)
    .map(({ line }) => `Line ${line} is gone: its task was deleted.`)
  const changes = await doActs(ctx, there)
  const hints = orders.length === 0 && problems.length > 0 ? ['Try “1 done, 3 tomorrow, 5 hold”.'] : []
  const card = changesCard(
    { ...changes, problems: [...problems, ...hints, ...gone, ...changes.problems] },
    reader,
  )
  await ctx.sender.say(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** Words under quoted lines are about these: `done` under "2. WEB-3 …" is `2 done`. */
function withQuoted({ message }: BotContext, text: string): string {
  const quoted = [...(message?.quote?.text ?? '').matchAll(/^(\d{1,3})\. /gm)].map(([, number]) => number)
  return quoted.length === 0 || /^#?\d/.test(text.trim()) ? text : `${quoted.join(' ')} ${text}`
}
