import type { ProjectOverview } from '../../domain/projects/overview.ts'
import { pageButtons, pageOf, toScreen } from '../kit/buttons.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, html, joinHtml, title } from '../kit/html.ts'
import { projectStatusName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'

export type ProjectFacts = ProjectOverview['project']

export const projectsAPage = 8

/** Lists all projects with their open tasks and their state. */
export function projectsCard(facts: {
  readonly projects: readonly ProjectOverview[]
  readonly page: number
  readonly deleted: number
}): Card {
  const { shown, page, pages } = pageOf(facts.projects, facts.page, projectsAPage)
  const lines = shown.map(
    (overview) =>
      html`<b>${overview.project.projectKey}</b> ${title(overview.project.name)} · ${overview.open} open${stateOf(overview)}`,
  )
  return {
    text: joinHtml(
      [html`${signs.project} ${bold('Projects')}`, ...(lines.length === 0 ? ['No projects yet.'] : lines)],
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
        ...(facts.deleted > 0
          ? [toScreen(`${signs.delete} Deleted ${facts.deleted}`, 'deleted-projects')]
          : []),
      ],
    ]),
  }
}

function stateOf({ project, health, lastLogAt }: ProjectOverview): string {
  if (project.status !== 'active') return ` · ${projectStatusName[project.status].toLowerCase()}`
  return health === 'quiet' && lastLogAt !== null ? ' · inactive' : ''
}
