import { DomainError } from '../../domain/errors.ts'
import { createProject } from '../../domain/projects/create.ts'
import { ProjectKey, proposeKey } from '../../domain/projects/key.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { normaliseRepo } from '../../domain/projects/repo.ts'
import { refusalCard } from '../../view/answers.ts'
import {
  projectKeyQuestion,
  projectKeySettled,
  projectMade,
  projectNameQuestion,
  repositoryQuestion,
  repositorySettled,
} from '../../view/set-up.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { askFor, type Dialog, dialogBoard, orProblem, pressed, type Reading, textFor } from './dialog.ts'

const doubleMs = 10 * 60_000

export interface MadeProject {
  readonly key: string
  readonly name: string
}

/** The dialog behind + New project. */
export async function newProject(dialog: Dialog): Promise<void> {
  const made = await askProject(dialog, { isFirst: false })
  await dialog.external(async (ctx) => {
    if (made !== null) await ctx.sender.say(projectMade(made), { purpose: 'screen' })
  })
}

/** Asks for name, key and repository, and makes the project; null where it could not be made, which has been said. */
export async function askProject(
  dialog: Dialog,
  { isFirst }: { readonly isFirst: boolean },
): Promise<MadeProject | null> {
  const name = await askFor(dialog, { card: () => projectNameQuestion(isFirst), read: readName })
  const key = await askFor(dialog, {
    card: async (ctx) => projectKeyQuestion(name, proposeKey(name, await takenKeys(ctx))),
    read: readKey,
    settled: (answer) => projectKeySettled(name, answer),
  })
  const repo = await askFor(dialog, {
    card: () => repositoryQuestion(name),
    read: readRepo,
    settled: ({ repoUrl }) => repositorySettled(repoUrl),
  })
  const made = await dialog.external(async (ctx) => {
    const result = await orProblem(() => makeProject(ctx, { name, key, repoUrl: repo.repoUrl }))
    if ('problem' in result) await ctx.sender.say(refusalCard(result.problem), { purpose: 'screen' })
    return result
  })
  return 'problem' in made ? null : made
}

async function readName(ctx: BotContext): Promise<Reading<string>> {
  const text = await textFor(ctx)
  if (text === null) return null
  const name = text.split('\n', 1).join('').trim()
  return [...name].length > 120
    ? { problem: 'That is too long for a name. 120 characters fit.' }
    : { answer: name }
}

async function readKey(ctx: BotContext): Promise<Reading<string>> {
  const text = pressed(ctx, 'dialog', 'key') ?? (await textFor(ctx))
  if (text === null) return null
  const parsed = ProjectKey.safeParse(text)
  if (!parsed.success)
    return {
      problem: `A key has 2 to 10 letters and digits and begins with a letter, such as ${proposeKey(text, [])}.`,
    }
  const holder = (await listProjects(scopeOf(ctx), { includeDeleted: true })).find(
    (project) => project.projectKey === parsed.data,
  )
  return holder === undefined
    ? { answer: parsed.data }
    : { problem: `${parsed.data} is the key of ${holder.name} already. Write another one.` }
}

async function readRepo(ctx: BotContext): Promise<Reading<{ readonly repoUrl: string | null }>> {
  if (pressed(ctx, 'dialog', 'repo') !== null) return { answer: { repoUrl: null } }
  const text = await textFor(ctx)
  if (text === null) return null
  const fits = !/\s/.test(text) && text.length <= 500 && (normaliseRepo(text) !== null || text.includes('/'))
  return fits
    ? { answer: { repoUrl: text } }
    : { problem: 'That is no repository I know. Send owner/repo, or its address, or tap Skip.' }
}

async function takenKeys(ctx: BotContext): Promise<string[]> {
  return (await listProjects(scopeOf(ctx), { includeDeleted: true })).map((project) => project.projectKey)
}

/** Makes the project; one of this key and name that is minutes old was made before a crash, and is it. */
async function makeProject(
  ctx: BotContext,
  draft: { readonly name: string; readonly key: string; readonly repoUrl: string | null },
): Promise<MadeProject> {
  try {
    const { projectKey, name } = await createProject(dialogBoard(ctx), draft)
    return { key: projectKey, name }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'in-use') throw error
    const there = (await listProjects(scopeOf(ctx))).find((project) => project.projectKey === draft.key)
    const isOurs =
      there?.name === draft.name && ctx.deps.now().getTime() - there.createdAt.getTime() < doubleMs
    if (!isOurs) throw error
    return { key: there.projectKey, name: there.name }
  }
}
