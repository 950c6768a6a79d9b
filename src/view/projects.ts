import type { ProjectHealth, ProjectOverview } from '../domain/projects/overview.ts'
import { chosen, doesAct, pageButtons, pageOf, toScreen } from './buttons.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { bold, code, type Html, html, joinHtml, link, quote, truncateHtml } from './html.ts'
import { markdownToHtml } from './markdown.ts'
import { counted, statusName, statusSign } from './names.ts'
import { repositoryUrl } from './task-card.ts'
import { ago } from './when.ts'

export type ProjectFacts = ProjectOverview['project']

const projectStatusName = { active: 'Active', paused: 'Paused', done: 'Done' } as const
const healthSign: Record<ProjectHealth, string> = { well: '🟢', watch: '🟡', quiet: '⚪️' }
const healthName: Record<ProjectHealth, string> = { well: 'well', watch: 'slowing down', quiet: 'quiet' }

const projectsAPage = 8
const shownLanes = ['inbox', 'todo', 'hold', 'ready', 'done'] as const

/** All projects with what is open in them and how lately work was logged. */
export function projectsCard(facts: {
  readonly projects: readonly ProjectOverview[]
  readonly page: number
  readonly deleted: number
}): Card {
  const { shown, page, pages } = pageOf(facts.projects, facts.page, projectsAPage)
  const lines = shown.map(
    ({ project, open, health }) =>
      html`${healthSign[health]} <b>${project.projectKey}</b> ${project.name} · ${open === 0 ? 'nothing open' : `${open} open`}${project.status !== 'active' && ` · ${projectStatusName[project.status].toLowerCase()}`}`,
  )
  const legend = html`<i>🟢 logged work in 3 days · 🟡 in 7 days · ⚪️ quiet</i>`
  return {
    text: joinHtml(
      [
        html`📦 ${bold('Projects')}`,
        ...(lines.length === 0 ? ['None yet.'] : lines),
        lines.length > 0 && legend,
      ],
      '\n',
    ),
    keyboard: keyboard([
      ...inRows(
        shown.map(({ project }) => toScreen(project.projectKey, 'project', project.projectKey)),
        4,
      ),
      pageButtons({ name: 'projects', page, pages }),
      [
        toScreen('+ New project', 'new-project'),
        ...(facts.deleted > 0 ? [toScreen(`🗑 Deleted ${facts.deleted}`, 'deleted-projects')] : []),
      ],
    ]),
  }
}

/** The card of a project, its picture above the text where it has one. */
export function projectCard(
  overview: ProjectOverview,
  reader: { readonly now: Date; readonly hasTopics?: boolean },
  undo?: string | null,
): Card {
  const { project, counts, lastLogAt, health } = overview
  const key = project.projectKey
  const lanes = shownLanes
    .filter((lane) => counts[lane] > 0)
    .map((lane) => `${statusSign[lane]} ${counts[lane]} ${statusName[lane]}`)
  const lines = [
    html`📦 <b>${key}</b> · ${project.name}`,
    html`${projectStatusName[project.status]} · priority ${project.priority} of 5`,
    html`${healthSign[health]} ${healthName[health]}, ${lastLogAt === null ? 'no work logged yet' : `last work logged ${ago(lastLogAt, reader.now)}`}`,
    lanes.length > 0 && lanes.join(' · '),
    placeLine(project),
    project.description !== null &&
      quote(truncateHtml(markdownToHtml(project.description), 1_500), {
        expandable: project.description.length > 280,
      }),
    creditLine(project),
  ]
  const picture = pictureOf(project)
  return {
    text: joinHtml(lines.filter(Boolean), '\n'),
    ...(picture === null ? {} : { picture }),
    keyboard: keyboard([
      [toScreen('📋 Board', 'board', key), toScreen('✏️ Edit', 'project-edit', key)],
      [toScreen('🚀 Delivery', 'project-delivery', key), toScreen('🚦 Status', 'project-status', key)],
      reader.hasTopics ? [toScreen('💬 Topic', 'project-topic', key)] : [],
      [
        ...(undo ? [doesAct('↩️ Undo', { name: 'undo-project', about: key, value: undo })] : []),
        toScreen('‹ Projects', 'projects'),
      ],
    ]),
  }
}

function placeLine(project: ProjectFacts): Html | null {
  const repo = repositoryUrl(project.repoUrl)
  const parts = [
    project.repoUrl === null
      ? null
      : html`🗂 ${repo === null ? code(project.repoUrl) : link(repo, repo.replace(/^https?:\/\/(?:www\.)?/, ''))}`,
    project.vercelUrl === null
      ? null
      : html`🌐 ${link(project.vercelUrl, project.vercelUrl.replace(/^https?:\/\//, ''))}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : joinHtml(parts, '\n')
}

/** The address of a project's picture; null where it has none, or the name of a background. */
function pictureOf(project: Pick<ProjectFacts, 'bgImage'>): string | null {
  return project.bgImage !== null && /^https?:\/\//.test(project.bgImage) ? project.bgImage : null
}

// Written by other software of this schema: a photographer's name and address under one of several names.
function creditLine(project: ProjectFacts): Html | null {
  const credit = project.bgImageCredit
  if (pictureOf(project) === null || typeof credit !== 'object' || credit === null) return null
  const text = (...names: string[]) => {
    const found = names
      .map((name) => (credit as Record<string, unknown>)[name])
      .find((value) => typeof value === 'string')
    return typeof found === 'string' && found !== '' ? found : null
  }
  const name = text('name', 'photographer', 'photographerName', 'author')
  if (name === null) return null
  const url = text('url', 'link', 'photographerUrl', 'profileUrl', 'authorUrl')
  return html`<i>Picture by ${url === null ? name : link(url, name)}</i>`
}

/** What of a project can be written anew. */
export function projectEditCard(project: ProjectFacts): Card {
  const key = project.projectKey
  const ask = (label: string, what: string) => doesAct(label, { name: 'ask', about: what, value: key })
  return {
    text: html`✏️ What of ${bold(project.name)} shall change?`,
    keyboard: keyboard([
      [ask('Name', 'project-name'), ask('Description', 'project-description')],
      [ask('Repository', 'project-repo'), ask('Deployment', 'project-url')],
      [ask('Picture', 'project-picture'), ask('Agent instructions', 'project-instructions')],
      [{ ...toScreen('Delete', 'project-delete', key), style: 'danger' as const }],
      [toScreen('‹ Back', 'project', key)],
    ]),
  }
}

/** Status and priority of a project. */
export function projectStatusCard(project: ProjectFacts): Card {
  const key = project.projectKey
  const statuses: Button[] = (['active', 'paused', 'done'] as const).map((status) =>
    doesAct(chosen(projectStatusName[status], project.status === status), {
      name: 'project-status',
      about: key,
      value: status,
    }),
  )
  const priorities: Button[] = [1, 2, 3, 4, 5].map((priority) =>
    doesAct(chosen(String(priority), project.priority === priority), {
      name: 'project-priority',
      about: key,
      value: String(priority),
    }),
  )
  return {
    text: html`🚦 ${bold(project.name)}: status, and priority from 1 to 5.`,
    keyboard: keyboard([statuses, priorities, [toScreen('‹ Back', 'project', key)]]),
  }
}

/** Asks once before a project is deleted. */
export function projectDeleteCard({ project, open }: ProjectOverview): Card {
  const key = project.projectKey
  return {
    text: html`🗑 Delete ${bold(project.name)}? ${open === 0 ? 'Nothing in it is open.' : `${counted(open, 'open task')} will be hidden with it.`} Nothing is destroyed, and it can be restored.`,
    keyboard: keyboard([
      [doesAct('Delete', { name: 'project-delete', about: key }, 'danger'), toScreen('Keep', 'project', key)],
    ]),
  }
}

export function projectDeletedCard(project: ProjectFacts): Card {
  return {
    text: html`🗑 ${bold(project.name)} was deleted.`,
    keyboard: keyboard([
      [
        doesAct('↩️ Restore', { name: 'project-restore', about: project.projectKey }),
        toScreen('‹ Projects', 'projects'),
      ],
    ]),
  }
}

export function projectGoneCard(key: string): Card {
  return {
    text: html`📦 There is no project ${bold(key)} any more.`,
    keyboard: keyboard([[toScreen('‹ Projects', 'projects')]]),
  }
}

/** Deleted projects, to be restored. */
export function deletedProjectsCard(projects: readonly ProjectFacts[], asked: number): Card {
  const { shown, page, pages } = pageOf(projects, asked, projectsAPage)
  return {
    text: joinHtml(
      [
        html`🗑 ${bold('Deleted projects')}`,
        ...shown.map((project) => html`<b>${project.projectKey}</b> ${project.name}`),
        shown.length === 0 && 'None.',
      ],
      '\n',
    ),
    keyboard: keyboard([
      ...inRows(
        shown.map(({ projectKey }) =>
          doesAct(`↩️ ${projectKey}`, { name: 'project-restore', about: projectKey }),
        ),
        3,
      ),
      pageButtons({ name: 'deleted-projects', page, pages }),
      [toScreen('‹ Projects', 'projects')],
    ]),
  }
}
