import type { ProjectOverview } from '../../domain/projects/overview.ts'
import { button, pageButtons, pageOf } from '../kit/buttons.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, html, joinHtml, title } from '../kit/html.ts'
import { newProjectScreen, projectScreen } from '../kit/links.ts'
import { projectStatusName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { deletedProjectsScreen, projectsScreen } from './callbacks.ts'

export type ProjectFacts = ProjectOverview['project']

export const projectsAPage = 8

/** Lists all projects with their open tasks and activity. */
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
        shown.map(({ project }) => button(project.projectKey, projectScreen, { key: project.projectKey })),
        4,
      ),
      pageButtons({ page, pages }, (to) => projectsScreen.encode({ page: to })),
      [
        button('+ New project', newProjectScreen),
        ...(facts.deleted > 0
          ? [button(`${signs.delete} Deleted ${facts.deleted}`, deletedProjectsScreen)]
          : []),
      ],
    ]),
  }
}

function stateOf({ project, health, lastLogAt }: ProjectOverview): string {
  if (project.status !== 'active') return ` · ${projectStatusName[project.status].toLowerCase()}`
  return health === 'quiet' && lastLogAt !== null ? ' · inactive' : ''
}
