import type { ProjectOverview } from '../domain/projects/overview.ts'
import { doesAct, toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { code, type Html, html, joinHtml, link, quote, truncateHtml } from './html.ts'
import { markdownToHtml } from './markdown.ts'
import { projectStatusName, statusName, statusSign, unbroken } from './names.ts'
import { healthName, healthSign, type ProjectFacts } from './projects.ts'
import { repositoryUrl } from './repository.ts'
import { ago } from './when.ts'

const shownLanes = ['inbox', 'todo', 'hold', 'ready', 'done'] as const

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
    .map((lane) => unbroken(`${statusSign[lane]} ${counts[lane]} ${statusName[lane]}`))
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
