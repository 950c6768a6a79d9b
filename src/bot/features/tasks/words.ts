import type { Words } from '../../../domain/quick-add/key-words.ts'
import { signs } from '../../../view/kit/signs.ts'
import { idleKeyText, namedTasksCard, noSuchKeyText, unknownTokenText } from '../../../view/system/words.ts'
import { changesCard } from '../../../view/tasks/changes.ts'
import { acknowledge } from '../../kit/acknowledge.ts'
import { type BotContext, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature } from '../../kit/feature.ts'
import { doActs } from '../../kit/tasks/acts.ts'
import { openByKey } from '../../kit/tasks/deep-links.ts'
import { findEach, readWords } from '../../kit/tasks/named-tasks.ts'

/** Words instead of taps: a message of only keys, verbs and shorthand changes those tasks. Anything else is captured. */
export function words(): Feature {
  const feature = createFeature()
  feature.on('message:text', async (ctx, next) => {
    const { text, forward_origin: origin, via_bot: bot } = ctx.message
    // Text that someone else wrote is never an instruction.
    const isTyped = origin === undefined && bot === undefined
    const wanted = isTyped ? await readWords(ctx, text.trim()) : null
    if (wanted === null) await next()
    // Like commands, late words aren't acted on.
    else if (ctx.late) await acknowledge(ctx, signs.tooLate)
    else if (wanted.kind === 'open') await open(ctx, wanted.keys)
    else await change(ctx, wanted)
  })
  return feature
}

async function open(ctx: BotContext, keys: readonly string[]): Promise<void> {
  const [first, ...others] = keys
  if (first !== undefined && others.length === 0) return openByKey(ctx, first)
  const found = await findEach(ctx, keys)
  const unknown = keys.filter((key) => !found.has(key))
  const card = namedTasksCard([...found.values()], unknown, viewerOf(ctx))
  await ctx.sender.send(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}

async function change(
  ctx: BotContext,
  { changes, problems }: Extract<Words, { readonly kind: 'change' }>,
): Promise<void> {
  const found = await findEach(
    ctx,
    changes.map(({ key }) => key),
  )
  const isIdle = (act: object) => Object.keys(act).length === 0
  const wanted = changes.flatMap(({ key, act }) => {
    const task = found.get(key)
    return task === undefined || isIdle(act) ? [] : [{ task, act }]
  })
  const done = await doActs(ctx, wanted)
  const unknown = changes.filter(({ key }) => !found.has(key)).map(({ key }) => noSuchKeyText(key))
  const idle =
    problems.length > 0 ? [] : changes.filter(({ act }) => isIdle(act)).map(({ key }) => idleKeyText(key))
  const notes = [...problems.map(unknownTokenText), ...unknown, ...idle, ...done.problems]
  const card = changesCard({ ...done, problems: notes }, viewerOf(ctx))
  await ctx.sender.send(card, { purpose: 'answer', replyTo: ctx.message?.message_id })
}
