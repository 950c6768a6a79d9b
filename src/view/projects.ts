import type { ProjectHealth, ProjectOverview } from '../domain/projects/overview.ts'
import { pageButtons, pageOf, toScreen } from './buttons.ts'
import { type Card, inRows, keyboard } from './card.ts'
import { bold, html, joinHtml } from './html.ts'
import { projectStatusName } from './names.ts'

export type ProjectFacts = ProjectOverview['project']

export const healthSign: Record<ProjectHealth, string> = { well: '🟢', watch: '🟡', quiet: '⚪️' }
export const healthName: Record<ProjectHealth, string> = {
  well: 'well',
  watch: 'slowing down',
  quiet: 'quiet',
}

export const projectsAPage = 8

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
  const legend = html`<i>🟢 work in 3 days · 🟡 in 7 · ⚪️ quiet</i>`
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
