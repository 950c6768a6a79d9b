import { minuteMs } from '../../domain/core/durations.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { createProject } from '../../domain/projects/create.ts'
import { ProjectKey, proposeKey } from '../../domain/projects/key.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { normalizeRepo } from '../../domain/projects/repo.ts'
import { refusalCard } from '../../view/kit/answers.ts'
import {
  dialogTap,
  type ProjectDraft,
  projectChangeQuestion,
  projectConfirmed,
  projectCreated,
  projectProposal,
  projectQuestion,
} from '../../view/settings/set-up.ts'
import { type BotContext, scopeOf } from '../kit/context.ts'
import { askFor, type Dialog, type DialogReading, dialogBoard, orProblem, textFor } from './dialog.ts'

const maxName = 120
// A project with this key and name that is only minutes old was created before a crash.
const doubleMs = 10 * minuteMs

export interface CreatedProject {
  readonly key: string
  readonly name: string
  readonly hasRepo: boolean
}

/** The dialog that creates a project. */
export async function newProject(dialog: Dialog): Promise<void> {
  const created = await askProject(dialog, { isFirst: false, isWelcome: false })
  await dialog.external(async (ctx) => {
    if (created !== null) await ctx.sender.send(projectCreated(created), { purpose: 'screen' })
  })
}

type Confirmation = 'ok' | 'change' | ProjectDraft

/** Asks for a repository or name, proposes a name and key, and creates the project. Returns null if that failed, after saying so. */
export async function askProject(
  dialog: Dialog,
  options: { readonly isFirst: boolean; readonly isWelcome: boolean },
): Promise<CreatedProject | null> {
  let draft = await askFor(dialog, { card: () => projectQuestion(options), read: readSource })
  let answer: Confirmation = draft
  while (answer !== 'ok') {
    const proposed: ProjectDraft = draft
    answer = await askFor<Confirmation>(dialog, {
      card: () => projectProposal(proposed),
      read: (ctx) => readConfirmation(ctx, proposed),
      settled: () => projectConfirmed(proposed),
    })
    if (answer === 'change')
      answer = await askFor<Confirmation>(dialog, {
        card: () => projectChangeQuestion(proposed),
        read: (ctx) => readCorrection(ctx, proposed),
      })
    if (typeof answer !== 'string') draft = answer
  }
  const confirmed: ProjectDraft = draft
  const created = await dialog.external(async (ctx) => {
    const result = await orProblem(() => makeProject(ctx, confirmed))
    if ('problem' in result) await ctx.sender.send(refusalCard(result.problem), { purpose: 'screen' })
    return result
  })
  return 'problem' in created ? null : created
}

/** Reads a repository, which also gives the name, or a name. */
async function readSource(ctx: BotContext): Promise<DialogReading<ProjectDraft>> {
  const text = await textFor(ctx)
  if (text === null) return null
  const isRepo =
    !/\s/.test(text) && text.length <= 500 && (normalizeRepo(text) !== null || text.includes('/'))
  return isRepo ? draftOf(ctx, nameOfRepo(text), text) : draftOf(ctx, firstLineOf(text), null)
}

async function readConfirmation(ctx: BotContext, draft: ProjectDraft): Promise<DialogReading<Confirmation>> {
  const button = dialogTap.decode(ctx.callbackQuery?.data ?? '')?.answer
  if (button === 'ok' || button === 'change') return { answer: button }
  return readCorrection(ctx, draft)
}

/** Reads "Name, KEY", "KEY" in capitals, or a name, which gives a new key. */
async function readCorrection(ctx: BotContext, draft: ProjectDraft): Promise<DialogReading<ProjectDraft>> {
  const text = await textFor(ctx)
  if (text === null) return null
  const line = firstLineOf(text)
  const [, name, key] =
    /^(.+?)\s*,\s*(\S+)$/.exec(line) ?? (/^[A-Z][A-Z0-9]*$/.test(line) ? [line, draft.name, line] : [])
  if (key === undefined) return draftOf(ctx, line, draft.repoUrl)
  const parsed = ProjectKey.safeParse(key)
  if (!parsed.success)
    return {
      problem: `Use 2–10 letters or digits, starting with a letter, e.g. ${proposeKey(draft.name, [])}.`,
    }
  const holder = (await listProjects(scopeOf(ctx), { includeDeleted: true })).find(
    (project) => project.projectKey === parsed.data,
  )
  if (holder !== undefined)
    return { problem: `${parsed.data} is already used by ${holder.name}. Pick another key.` }
  return checked({ name: name ?? draft.name, key: parsed.data, repoUrl: draft.repoUrl })
}

async function draftOf(
  ctx: BotContext,
  name: string,
  repoUrl: string | null,
): Promise<DialogReading<ProjectDraft>> {
  const all = await listProjects(scopeOf(ctx), { includeDeleted: true })
  const taken = all.map((project) => project.projectKey)
  return checked({ name, key: proposeKey(name, taken), repoUrl })
}

function checked(draft: ProjectDraft): DialogReading<ProjectDraft> {
  return [...draft.name].length > maxName
    ? { problem: `That's too long – ${maxName} characters max.` }
    : { answer: draft }
}

function firstLineOf(text: string): string {
  return text.split('\n', 1).join('').trim()
}

/** For example, "ada/web-shop.git" → "Web shop". */
function nameOfRepo(text: string): string {
  const path = normalizeRepo(text)?.path ?? text
  const words = (path.split('/').filter(Boolean).at(-1) ?? path).replace(/[-_.]+/g, ' ').trim()
  return words === '' ? path : words.charAt(0).toUpperCase() + words.slice(1)
}

async function makeProject(ctx: BotContext, draft: ProjectDraft): Promise<CreatedProject> {
  const hasRepo = draft.repoUrl !== null
  try {
    const { projectKey, name } = await createProject(dialogBoard(ctx), draft)
    return { key: projectKey, name, hasRepo }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'in-use') throw error
    const there = (await listProjects(scopeOf(ctx))).find((project) => project.projectKey === draft.key)
    const isOurs =
      there?.name === draft.name && ctx.deps.now().getTime() - there.createdAt.getTime() < doubleMs
    if (!isOurs) throw error
    return { key: there.projectKey, name: there.name, hasRepo }
  }
}
