import { chosen, doesAct, toScreen } from '../kit/buttons.ts'
import { type Button, type Card, keyboard } from '../kit/card.ts'
import { bold, html, title } from '../kit/html.ts'
import { projectStatusName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import type { ProjectFacts } from './projects.ts'

/** Lists what can be edited in a project. */
export function projectEditCard(project: ProjectFacts): Card {
  const key = project.projectKey
  const ask = (label: string, what: string) => doesAct(label, { name: 'ask', about: what, value: key })
  return {
    text: html`${signs.edit} Edit ${bold(title(project.name))}`,
    keyboard: keyboard([
      [ask('Name', 'project-name'), ask('Description', 'project-description')],
      [ask('Repository', 'project-repo'), ask('Deployment', 'project-url')],
      [ask('Picture', 'project-picture'), ask('Agent instructions', 'project-instructions')],
      [{ ...toScreen('Delete', 'project-delete', key), style: 'danger' as const }],
      [toScreen(`${signs.back} Back`, 'project', key)],
    ]),
  }
}

/** Picks a project's status and priority. */
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
    text: html`${signs.projectStatus} ${bold(title(project.name))}\nStatus and priority (1–5)`,
    keyboard: keyboard([statuses, priorities, [toScreen(`${signs.back} Back`, 'project', key)]]),
  }
}
