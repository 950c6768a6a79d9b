import { parseDigestReply } from '../../../domain/reports/digest-reply.ts'
import { findTasks } from '../../../domain/tasks/read.ts'
import { changesCard } from '../../../view/tasks/changes.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { doActs } from '../../kit/tasks/acts.ts'

/** Handles a reply to numbered lines, e.g. `1 done, 3 tomorrow, 5 hold`, as one change. Names the words it didn't understand. */
export async function answerDigest(ctx: BotContext, text: string, taskIds: readonly string[]): Promise<void> {
  const viewer = viewerOf(ctx)
  const tasks = await findTasks(scopeOf(ctx), taskIds)
  const keys = taskIds.map((id) => tasks.find((task) => task.id === id)?.key)
  const numbered = withNumbers(text, linesMeant(ctx.message?.quote?.text ?? '', keys))
  const { orders, problems } = parseDigestReply(numbered, { ...viewer, lines: taskIds.length })
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
    viewer,
  )
  await ctx.sender.send(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** Returns the lines that words without a number refer to: the quoted ones, or the only one. */
function linesMeant(quote: string, keys: readonly (string | undefined)[]): number[] {
  if (quote === '') return keys.length === 1 ? [1] : []
  const numbers = [...quote.matchAll(/^(\d{1,3})\. /gm)].map(([, number]) => Number(number))
  if (numbers.length > 0) return numbers
  const named: readonly string[] = quote.match(/\b[A-Z][A-Z0-9]{1,9}-\d{1,10}\b/g) ?? []
  return keys.flatMap((key, index) => (key !== undefined && named.includes(key) ? [index + 1] : []))
}

/** Adds line numbers: `done` in reply to "2. WEB-3 …" becomes `2 done`. */
function withNumbers(text: string, lines: readonly number[]): string {
  return lines.length === 0 || /^#?\d|\s#?\d{1,3}$/.test(text.trim()) ? text : `${lines.join(' ')} ${text}`
}
