import { listTokens, revokeToken } from '../../../domain/access/tokens.ts'
import { allowDeletions } from '../../../domain/tasks/removal/deletion-limit.ts'
import { createTokenLink } from '../../../telegram/store/connecting.ts'
import { findMessage, isNewestMessage } from '../../../telegram/store/messages/messages.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { newTokenScreen, revokeTokenScreen } from '../../../view/kit/links.ts'
import { allowDeletionsTap, deletionsAllowedCard } from '../../../view/notifications/notices.ts'
import {
  createTokenTap,
  deleteMessageTap,
  revokeCard,
  revokeTokenTap,
  type TokenFacts,
  tokenCard,
  tokenGoneCard,
  tokenLinkCard,
  tokenLostCard,
  tokenMadeCard,
  tokenNameCard,
  tokenScreen,
  tokenSpanCard,
  tokenSpans,
} from '../../../view/system/tokens.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onAnswer, onTap } from '../../kit/feature.ts'
import { issueToken } from '../../kit/issue-token.ts'
import { closePrompt } from '../../kit/prompts.ts'
import { isAlreadyHandled } from '../../kit/resume.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'

const maxName = 60

/** Agent tokens: create with an agent and expiry, show once, show the last use, revoke. */
export function tokens(): Feature {
  const feature = createFeature()
  onTap(feature, newTokenScreen, (ctx, { agent }) =>
    agent === '' ? askAgent(ctx) : askTokenSpan(ctx, agent),
  )
  onTap(feature, createTokenTap, (ctx, { days }) => make(ctx, days))
  onTap(feature, tokenScreen, (ctx, { id }) => showToken(ctx, id, (token) => tokenCard(token, viewerOf(ctx))))
  onTap(feature, revokeTokenScreen, (ctx, { id }) =>
    showToken(ctx, id, (token) =>
      token.revokedAt === null ? revokeCard(token) : tokenCard(token, viewerOf(ctx)),
    ),
  )
  onTap(feature, revokeTokenTap, (ctx, { id }) => revoke(ctx, id))
  onTap(feature, allowDeletionsTap, (ctx, { tokenId }) => allowMore(ctx, tokenId))
  onTap(feature, deleteMessageTap, async (ctx) => {
    const message = ctx.callbackQuery?.message
    if (message !== undefined) await ctx.sender.remove(message.message_id)
    await toast(ctx, 'Deleted.')
  })
  onAnswer(feature, 'token-name', (ctx, answer) =>
    closePrompt(ctx, answer, () => askTokenSpan(ctx, answer.written.plain)),
  )
  return feature
}

/** Asks which agent the token is for, in a new message if the button's message isn't the latest. */
async function askAgent(ctx: BotContext): Promise<void> {
  const message = ctx.callbackQuery?.message
  const isLast =
    message === undefined || (await isNewestMessage(ctx.board.db, message.chat.id, message.message_id))
  if (isLast) await showScreen(ctx, tokenNameCard())
  else await ctx.sender.send(tokenNameCard(), { purpose: 'screen' })
}

/** Asks when the token for this agent should expire. */
async function askTokenSpan(ctx: BotContext, text: string): Promise<void> {
  const name = [...text.replace(/\s+/g, ' ').trim()].slice(0, maxName).join('')
  await showScreen(ctx, tokenSpanCard(name), { topic: { kind: 'new-token', name } })
}

async function make(ctx: BotContext, value: string): Promise<void> {
  const name = await nameAsked(ctx)
  const days = Number(value) === 0 ? null : Number(value)
  if (name === null || !tokenSpans.some((span) => span === days))
    return toast(ctx, 'That token was already created.')
  if (ctx.chat?.type !== 'private') {
    const code = await createTokenLink(ctx.deps.store, { name, days }, ctx.board.now())
    const link = `https://t.me/${ctx.me.username}?start=k_${code}`
    return showScreen(ctx, tokenLinkCard(name, link), { secret: true })
  }
  try {
    const token = await issueToken(ctx, { name, days })
    await showScreen(ctx, tokenMadeCard(token))
  } catch (error) {
    if (!isAlreadyHandled(error)) throw error
    await showScreen(ctx, tokenLostCard(name))
  }
}

/** Returns the agent that the tapped message asks about; null if the question was already answered. */
async function nameAsked(ctx: BotContext): Promise<string | null> {
  const message = ctx.callbackQuery?.message
  const row =
    message === undefined ? null : await findMessage(ctx.board.db, message.chat.id, message.message_id)
  const topic = row?.topic
  return topic?.kind === 'new-token' ? topic.name : null
}

async function showToken(
  ctx: BotContext,
  id: string,
  card: (token: TokenFacts) => ReturnType<typeof tokenCard>,
): Promise<void> {
  const token = (await listTokens(scopeOf(ctx))).find((candidate) => candidate.id === id)
  await showScreen(ctx, token === undefined ? tokenGoneCard() : card(token))
}

async function allowMore(ctx: BotContext, tokenId: string): Promise<void> {
  const known = (await listTokens(scopeOf(ctx))).some((token) => token.id === tokenId)
  if (!known) return showScreen(ctx, tokenGoneCard())
  const allowed = await allowDeletions(ctx.board, tokenId)
  await showScreen(ctx, deletionsAllowedCard({ tokenId, ...allowed }, viewerOf(ctx)))
}

async function revoke(ctx: BotContext, id: string): Promise<void> {
  const known = (await listTokens(scopeOf(ctx))).some((token) => token.id === id)
  if (!known) return showScreen(ctx, tokenGoneCard())
  const { token, auditId } = await revokeToken(ctx.board, id)
  await toast(ctx, auditId === null ? toasts.unchanged : `${token.name}'s token is revoked.`)
  await showScreen(ctx, tokenCard(token, viewerOf(ctx)))
}
