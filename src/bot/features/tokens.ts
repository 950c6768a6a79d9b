import { Composer } from 'grammy'
import { findMessage, type ReplyTopic } from '../../domain/messages.ts'
import { createToken, listTokens, revokeToken } from '../../domain/tokens.ts'
import { toasts } from '../../view/answers.ts'
import {
  revokeCard,
  secretCard,
  type TokenFacts,
  tokenCard,
  tokenGoneCard,
  tokenLostCard,
  tokenMadeCard,
  tokenNameCard,
  tokenSpanCard,
  tokenSpans,
} from '../../view/tokens.ts'
import { toast } from '../access.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { isAlreadyHandled } from '../resume.ts'
import { showScreen } from '../show.ts'
import { onAct, onScreen } from '../taps.ts'

const dayMs = 24 * 60 * 60_000
const maxName = 60

/** Tokens of agents: new (name, then how long), shown once, last use, revoke. */
export function tokens(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  onScreen(composer, 'new-token', (ctx, name) =>
    name === '' ? showScreen(ctx, tokenNameCard()) : askTokenSpan(ctx, name),
  )
  onAct(composer, 'token-make', (ctx, _about, days) => make(ctx, days))
  onScreen(composer, 'token', (ctx, id) => showToken(ctx, id, (token) => tokenCard(token, readerOf(ctx))))
  onScreen(composer, 'token-revoke', (ctx, id) =>
    showToken(ctx, id, (token) =>
      token.revokedAt === null ? revokeCard(token) : tokenCard(token, readerOf(ctx)),
    ),
  )
  onAct(composer, 'token-revoke', revoke)
  onAct(composer, 'forget', async (ctx) => {
    const message = ctx.callbackQuery?.message
    if (message !== undefined) await ctx.sender.remove(message.message_id)
    await toast(ctx, 'Deleted.')
  })
  return composer
}

/** Asks how long a token of this name shall be good for. */
export async function askTokenSpan(ctx: BotContext, text: string): Promise<void> {
  const name = [...text.replace(/\s+/g, ' ').trim()].slice(0, maxName).join('')
  await showScreen(ctx, tokenSpanCard(name), { topic: { kind: 'new-token', name } })
}

async function make(ctx: BotContext, value: string): Promise<void> {
  const name = await nameAsked(ctx)
  const days = Number(value) === 0 ? null : Number(value)
  if (name === null || !tokenSpans.some((span) => span === days))
    return toast(ctx, 'That token was made already.')
  const now = ctx.board.now()
  const expiresAt = days === null ? null : new Date(now.getTime() + days * dayMs)
  try {
    const { token, row } = await createToken(ctx.board, { name, expiresAt })
    await ctx.sender.say(secretCard(name, { url: ctx.deps.agentUrl, token }), {
      purpose: 'notice',
      secret: true,
    })
    await showScreen(ctx, tokenMadeCard(row))
  } catch (error) {
    if (!isAlreadyHandled(error)) throw error
    await showScreen(ctx, tokenLostCard(name))
  }
}

/** The name that the pressed message asks about; null once it was answered. */
async function nameAsked(ctx: BotContext): Promise<string | null> {
  const message = ctx.callbackQuery?.message
  const row =
    message === undefined ? null : await findMessage(ctx.board.db, message.chat.id, message.message_id)
  const topic = row?.topic as unknown as ReplyTopic | null | undefined
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

async function revoke(ctx: BotContext, id: string): Promise<void> {
  const known = (await listTokens(scopeOf(ctx))).some((token) => token.id === id)
  if (!known) return showScreen(ctx, tokenGoneCard())
  const { token, auditId } = await revokeToken(ctx.board, id)
  await toast(ctx, auditId === null ? toasts.unchanged : `${token.name} is shut out.`)
  await showScreen(ctx, tokenCard(token, readerOf(ctx)))
}
