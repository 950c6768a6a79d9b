import type { ProjectOverview } from '../domain/projects/overview.ts'
import { doesAct, pageButtons, pageOf, toScreen } from './buttons.ts'
import { type Card, inRows, keyboard } from './card.ts'
import { bold, html, joinHtml } from './html.ts'
import { counted } from './names.ts'
import { type ProjectFacts, projectsAPage } from './projects.ts'

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
