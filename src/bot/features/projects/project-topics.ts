import { GrammyError } from 'grammy'
import { listProjects } from '../../../domain/projects/read.ts'
import { readOwnerSettings } from '../../../domain/settings/settings.ts'
import { setProjectTopic } from '../../../telegram/store/project-topics.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { projectTopicScreen, projectTopicTap } from '../../../view/projects/callbacks.ts'
import { projectGoneCard } from '../../../view/projects/delete.ts'
import { noTopicReason, projectTopicCard } from '../../../view/projects/topic.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'

const maxName = 128

/** Sets the group topic for a project's updates: the main topic, a new one, or the current one. */
export function projectTopics(): Feature {
  const feature = createFeature()
  onTap(feature, projectTopicScreen, (ctx, { key }) => showTopic(ctx, key))
  onTap(feature, projectTopicTap, async (ctx, { key, choice }) => {
    if (choice === 'own') return useOwn(ctx, key)
    await use(ctx, key, choice === 'here' ? topicHere(ctx) : null)
  })
  return feature
}

function topicHere(ctx: BotContext): number | null {
  const message = ctx.msg
  const threadId = message?.is_topic_message ? (message.message_thread_id ?? null) : null
  return threadId === ctx.settings.threadId ? null : threadId
}

/** Creates a topic named after the project, unless a first tap already did. */
async function useOwn(ctx: BotContext, key: string): Promise<void> {
  const project = await findProject(ctx, key)
  const { chatId, projectTopics } = ctx.settings
  if (project === undefined || chatId === null || projectTopics[key] !== undefined) {
    await toast(ctx, toasts.unchanged)
    return showTopic(ctx, key)
  }
  const threadId = await openTopic(ctx, chatId, project.name)
  if (threadId !== null) await use(ctx, key, threadId)
}

async function openTopic(ctx: BotContext, chatId: number, name: string): Promise<number | null> {
  try {
    return (await ctx.api.createForumTopic(chatId, [...name].slice(0, maxName).join(''))).message_thread_id
  } catch (error) {
    if (!(error instanceof GrammyError)) throw error
    await toast(ctx, noTopicReason(error.description), true)
    return null
  }
}

async function use(ctx: BotContext, key: string, threadId: number | null): Promise<void> {
  const changed = await orRefusal(ctx, () => setProjectTopic(ctx.board, key, threadId))
  if (changed !== null) await toast(ctx, changed.auditId === null ? toasts.unchanged : 'Saved.')
  await showTopic(ctx, key, changed?.auditId)
}

async function showTopic(ctx: BotContext, key: string, undo?: string | null): Promise<void> {
  const project = await findProject(ctx, key)
  if (project === undefined) return showScreen(ctx, projectGoneCard(key))
  const { projectTopics, threadId: mainThreadId } = await readOwnerSettings(scopeOf(ctx))
  const facts = { project, threadId: projectTopics[key] ?? null, shownIn: topicHere(ctx), mainThreadId }
  await showScreen(ctx, projectTopicCard(facts, undo))
}

async function findProject(ctx: BotContext, key: string) {
  return (await listProjects(scopeOf(ctx))).find(({ projectKey }) => projectKey === key)
}
