import type { ProjectOverview } from '../../domain/projects/overview.ts'
import { button, pageButtons, pageOf } from '../kit/buttons.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, html, joinHtml, title } from '../kit/html.ts'
import { projectScreen } from '../kit/links.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { deletedProjectsScreen, projectDeleteTap, projectRestoreTap, projectsScreen } from './callbacks.ts'
import { type ProjectFacts, projectsAPage } from './projects.ts'

/** Asks once before a project is deleted. */
export function projectDeleteCard({ project, open }: ProjectOverview): Card {
  const key = project.projectKey
  return {
    text: html`${signs.delete} Delete ${bold(title(project.name))}? ${open > 0 && `Its ${counted(open, 'open task')} will be hidden. `}You can restore it later.`,
    keyboard: keyboard([
      [button('Delete', projectDeleteTap, { key }, 'danger'), button('Keep', projectScreen, { key })],
    ]),
  }
}

export function projectDeletedCard(project: ProjectFacts): Card {
  return {
    text: html`${signs.delete} ${bold(title(project.name))} deleted.`,
    keyboard: keyboard([
      [
        button(`${signs.restore} Restore`, projectRestoreTap, { key: project.projectKey }),
        button(`${signs.back} Projects`, projectsScreen),
      ],
    ]),
  }
}

export function projectGoneCard(key: string): Card {
  return {
    text: html`${signs.project} No project ${bold(key)}.`,
    keyboard: keyboard([[button(`${signs.back} Projects`, projectsScreen)]]),
  }
}

/** Lists deleted projects, which can be restored. */
export function deletedProjectsCard(projects: readonly ProjectFacts[], asked: number): Card {
  const { shown, page, pages } = pageOf(projects, asked, projectsAPage)
  return {
    text: joinHtml(
      [
        html`${signs.delete} ${bold('Deleted projects')}`,
        ...shown.map((project) => html`<b>${project.projectKey}</b> ${title(project.name)}`),
        shown.length === 0 && 'None.',
      ],
      '\n',
    ),
    keyboard: keyboard([
      ...inRows(
        shown.map(({ projectKey }) =>
          button(`${signs.restore} ${projectKey}`, projectRestoreTap, { key: projectKey }),
        ),
        3,
      ),
      pageButtons({ page, pages }, (to) => deletedProjectsScreen.encode({ page: to })),
      [button(`${signs.back} Projects`, projectsScreen)],
    ]),
  }
}
