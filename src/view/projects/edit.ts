import type { PromptKind } from '../../telegram/store/messages/reply-topic.ts'
import { askButton, button, chosen } from '../kit/buttons.ts'
import { type Button, type Card, keyboard } from '../kit/card.ts'
import { bold, html, title } from '../kit/html.ts'
import { projectScreen } from '../kit/links.ts'
import { projectStatusName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { projectDeleteScreen, projectPriorityTap, projectStatusTap } from './callbacks.ts'
import type { ProjectFacts } from './projects.ts'

/** Lists what can be edited in a project. */
export function projectEditCard(project: ProjectFacts): Card {
  const key = project.projectKey
  const ask = (label: string, what: PromptKind) => askButton(label, what, key)
  return {
    text: html`${signs.edit} Edit ${bold(title(project.name))}`,
    keyboard: keyboard([
      [ask('Name', 'project-name'), ask('Description', 'project-description')],
      [ask('Repository', 'project-repo'), ask('Deployment', 'project-url')],
      [ask('Picture', 'project-picture'), ask('Agent instructions', 'project-instructions')],
      [{ ...button('Delete', projectDeleteScreen, { key }), style: 'danger' as const }],
      [button(`${signs.back} Back`, projectScreen, { key })],
    ]),
  }
}

/** Picks a project's status and priority. */
export function projectStatusCard(project: ProjectFacts): Card {
  const key = project.projectKey
  const statuses: Button[] = (['active', 'paused', 'done'] as const).map((status) =>
    button(chosen(projectStatusName[status], project.status === status), projectStatusTap, { key, status }),
  )
  const priorities: Button[] = [1, 2, 3, 4, 5].map((priority) =>
    button(chosen(String(priority), project.priority === priority), projectPriorityTap, {
      key,
      priority: String(priority),
    }),
  )
  return {
    text: html`${signs.projectStatus} ${bold(title(project.name))}\nStatus and priority (1–5)`,
    keyboard: keyboard([statuses, priorities, [button(`${signs.back} Back`, projectScreen, { key })]]),
  }
}
