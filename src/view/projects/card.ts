import type { ProjectOverview } from '../../domain/projects/overview.ts'
import { button } from '../kit/buttons.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { code, type Html, html, joinHtml, link, quote, title, truncateHtml } from '../kit/html.ts'
import { boardScreen } from '../kit/links.ts'
import { projectStatusName, statusName, statusSign, unbroken } from '../kit/names.ts'
import { repositoryUrl } from '../kit/repository.ts'
import { signs } from '../kit/signs.ts'
import { ago } from '../kit/when.ts'
import { markdownToHtml } from '../markdown/markdown.ts'
import {
  projectDeliveryScreen,
  projectEditScreen,
  projectStatusScreen,
  projectsScreen,
  projectTopicScreen,
  projectUndoTap,
} from './callbacks.ts'
import type { ProjectFacts } from './projects.ts'

const shownLanes = ['inbox', 'todo', 'hold', 'ready', 'done'] as const

/** A project's card, with its picture above the text if it has one. */
export function projectCard(
  overview: ProjectOverview,
  viewer: { readonly now: Date; readonly hasTopics?: boolean },
  undo?: string | null,
): Card {
  const { project, counts, lastLogAt } = overview
  const key = project.projectKey
  const lanes = shownLanes
    .filter((lane) => counts[lane] > 0)
    .map((lane) => unbroken(`${statusSign[lane]} ${counts[lane]} ${statusName[lane]}`))
  const lines = [
    html`${signs.project} <b>${key}</b> · ${title(project.name)}`,
    html`${projectStatusName[project.status]} · Priority ${project.priority}`,
    lastLogAt === null ? 'No activity yet' : `Last work ${ago(lastLogAt, viewer.now)}`,
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
      [
        button(`${signs.board} Board`, boardScreen, { projectKey: key }),
        button(`${signs.edit} Edit`, projectEditScreen, { key }),
      ],
      [
        button(`${signs.delivery} Delivery`, projectDeliveryScreen, { key }),
        button(`${signs.projectStatus} Status`, projectStatusScreen, { key }),
      ],
      viewer.hasTopics ? [button(`${signs.topic} Topic`, projectTopicScreen, { key })] : [],
      [
        ...(undo ? [button(`${signs.undo} Undo`, projectUndoTap, { about: key, audit: undo })] : []),
        button(`${signs.back} Projects`, projectsScreen),
      ],
    ]),
  }
}

function placeLine(project: ProjectFacts): Html | null {
  const repo = repositoryUrl(project.repoUrl)
  const parts = [
    project.repoUrl === null
      ? null
      : html`${signs.repository} ${repo === null ? code(project.repoUrl) : link(repo, repo.replace(/^https?:\/\/(?:www\.)?/, ''))}`,
    project.vercelUrl === null
      ? null
      : html`${signs.website} ${link(project.vercelUrl, project.vercelUrl.replace(/^https?:\/\//, ''))}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : joinHtml(parts, '\n')
}

/** A project's picture URL; null if it has none or only the name of a background. */
function pictureOf(project: Pick<ProjectFacts, 'bgImage'>): string | null {
  return project.bgImage !== null && /^https?:\/\//.test(project.bgImage) ? project.bgImage : null
}

// Other software on this schema stores the photographer's name and URL under various keys.
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
