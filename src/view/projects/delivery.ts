import type { ProjectSettings } from '../../domain/projects/project-settings.ts'
import { askButton, button, chosen } from '../kit/buttons.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, code, html, joinHtml, quote, shorten, title } from '../kit/html.ts'
import { projectScreen } from '../kit/links.ts'
import { signs } from '../kit/signs.ts'
import { projectSettingTap } from './callbacks.ts'
import type { ProjectFacts } from './projects.ts'

const strategyName = {
  none: 'None',
  direct_commit: 'Direct commit',
  feature_branch: 'Feature branch',
} as const

const switches = {
  deploy_auto_pr: 'Open a pull request',
  deploy_commit_on_review: 'Commit when ready for review',
  deploy_squash_merge: 'Squash on merge',
} as const

/** Shows and changes how agents deliver a project's work. */
export function projectDeliveryCard(project: ProjectFacts, settings: ProjectSettings): Card {
  const key = project.projectKey
  const set = (label: string, name: string, value: string): Button =>
    button(label, projectSettingTap, { key, name, value })
  const isOn = (name: keyof typeof switches) => settings[name] === 'true'
  const lines = [
    html`${signs.delivery} Delivery for ${bold(title(project.name))}`,
    html`Strategy: ${bold(strategyName[settings.deploy_strategy as keyof typeof strategyName])}`,
    html`Default branch: ${code(settings.deploy_default_branch)}`,
    settings.agent_instructions === ''
      ? html`No agent instructions`
      : html`Agent instructions:\n${quote(shorten(settings.agent_instructions, 1_500), { expandable: true })}`,
  ]
  return {
    text: joinHtml(lines, '\n'),
    keyboard: keyboard([
      ...inRows(
        Object.entries(strategyName).map(([value, label]) =>
          set(chosen(label, settings.deploy_strategy === value), 'deploy_strategy', value),
        ),
        2,
      ),
      ...Object.entries(switches).map(([name, label]) => {
        const on = isOn(name as keyof typeof switches)
        return [set(`${on ? signs.checked : signs.unchecked} ${label}`, name, on ? 'false' : 'true')]
      }),
      [
        askButton(`${signs.write} Branch`, 'project-branch', key),
        askButton(`${signs.write} Instructions`, 'project-instructions', key),
      ],
      [button(`${signs.back} Back`, projectScreen, { key })],
    ]),
  }
}
