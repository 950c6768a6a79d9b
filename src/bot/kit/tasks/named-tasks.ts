import { withoutUnseen } from '../../../domain/core/text.ts'
import { parseWords, type Words } from '../../../domain/quick-add/key-words.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { projectOfTopic } from '../../../telegram/store/project-topics.ts'
import { questionSign, runSign, statusSign } from '../../../view/kit/names.ts'
import { signs } from '../../../view/kit/signs.ts'
import { type BotContext, scopeOf, viewerOf } from '../context.ts'

const bareKey = /^[A-Za-z][A-Za-z0-9]{1,9}-\d{1,10}$/
const maxKeys = 20

/** A request about tasks named in a text. */
export type WantedWords = Extract<Words, { readonly kind: 'open' | 'change' }>

/** Parses a text as a request about tasks; null if it should be captured instead. */
export async function readWords(ctx: BotContext, text: string): Promise<WantedWords | null> {
  // Every key contains a digit; most texts don't.
  if (!/\d/.test(text)) return null
  const projectKeys = (await ctx.projects()).map((project) => project.projectKey)
  const read = parseWords(text, { ...viewerOf(ctx), projectKeys })
  switch (read?.kind) {
    case 'open':
    case 'change':
      return read
    case 'number': {
      const project = lastProject(ctx, projectKeys)
      return project === undefined ? null : { kind: 'open', keys: [`${project}-${read.number}`] }
    }
    case 'compact': {
      const found = await findEach(ctx, read.keys)
      const [key, ...others] = [...found.keys()]
      return key === undefined || others.length > 0 ? null : { kind: 'open', keys: [key] }
    }
    default: {
      const shown = await readCardLine(ctx, text, projectKeys)
      if (shown !== null) return { kind: 'open', keys: [shown] }
      // The key of a task whose project got another key still works.
      const isRetired = bareKey.test(text) && (await findTask(scopeOf(ctx), text)) !== null
      return isRetired ? { kind: 'open', keys: [text.toUpperCase()] } : null
    }
  }
}

// The signs that precede a key on a card or in a list.
const lineSigns = [statusSign, questionSign, runSign].flatMap((each): string[] => Object.values(each))
const cardLine = new RegExp(
  `^((?:${[...lineSigns, signs.snoozed].join('|').replaceAll('\ufe0f', '')})\\ufe0f?\\s*)?([a-z][a-z0-9]{1,9}-\\d{1,10})(?!\\w)[\\s:·–—-]*(.*)$`,
  'iu',
)

/** Returns the key if the text is a line copied from a card or list; otherwise null. */
async function readCardLine(
  ctx: BotContext,
  text: string,
  projectKeys: readonly string[],
): Promise<string | null> {
  const [, sign, key = '', rest = ''] = cardLine.exec(withoutUnseen(text)) ?? []
  if (!projectKeys.some((each) => key.toUpperCase().startsWith(`${each.toUpperCase()}-`))) return null
  const task = await findTask(scopeOf(ctx), key)
  const isLine =
    sign !== undefined || rest === task?.title || rest === `${task?.title} · ${task?.project.name}`
  return task !== null && isLine ? task.key : null
}

/** Returns the project that a bare number refers to. */
function lastProject(ctx: BotContext, projectKeys: readonly string[]): string | undefined {
  const { lastProject: last, defaultProject } = ctx.settings
  const topic = projectOfTopic(ctx.settings, ctx.msg?.message_thread_id ?? null)
  return (
    [topic, last, defaultProject, projectKeys[0]].find(
      (key) => key !== null && key !== undefined && projectKeys.includes(key),
    ) ?? undefined
  )
}

/** Finds tasks by key; missing ones are left out. */
export async function findEach(ctx: BotContext, keys: readonly string[]): Promise<Map<string, Task>> {
  const found = new Map<string, Task>()
  for (const key of keys.slice(0, maxKeys)) {
    const task = await findTask(scopeOf(ctx), key)
    if (task !== null) found.set(key, task)
  }
  return found
}
