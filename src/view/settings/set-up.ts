import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, code, type Html, html, joinHtml, title } from '../kit/html.ts'
import { homeScreen, newTokenScreen, projectScreen } from '../kit/links.ts'
import { signs } from '../kit/signs.ts'
import { clock } from '../kit/when.ts'
import { cityOf, likelyTimeZones, zoneButton } from './time-zones.ts'

/** Answers a question of a dialog; `about` names the question. */
export const dialogTap = defineAct('dialog', { about: field.text }, { answer: field.text })

const welcome = html`${signs.welcome} ${bold('Welcome!')} Only you can use this bot.`

/** Asks for the time zone if it can't be detected. */
export function zoneQuestion(viewer: {
  readonly now: Date
  readonly language: string | undefined
  readonly machineZone: string
}): Card {
  const zones = likelyTimeZones(viewer.language, viewer.machineZone)
  return {
    text: html`${welcome} Two quick questions and you're set.

${signs.timeZone} ${bold("What's your time zone?")} Tap one or type a city.`,
    keyboard: keyboard(
      inRows(
        zones.map((zone) => zoneButton(zone, { now: viewer.now, on: 'set-up' })),
        2,
      ),
    ),
  }
}

export function zoneConfirmed(timeZone: string, now: Date): Card {
  return {
    text: html`${signs.timeZone} Time zone set to ${bold(cityOf(timeZone))} (${clock(now, timeZone)} now).`,
  }
}

/** Asks for a repository or a name. */
export function projectQuestion({
  isFirst,
  isWelcome,
}: {
  readonly isFirst: boolean
  readonly isWelcome: boolean
}): Card {
  const which = isFirst ? 'your first project' : 'the new project'
  return {
    text: joinHtml(
      [
        isWelcome && welcome,
        html`${signs.project} ${bold(`Which repository is ${which}?`)} Send ${code('owner/repo')}, a URL, or just a name.`,
      ],
      '\n\n',
    ),
    asks: true,
  }
}

/** A project before it's created. */
export interface ProjectDraft {
  readonly name: string
  readonly key: string
  readonly repoUrl: string | null
}

/** Proposes name and key: "Web shop, key WEB – OK · Change". */
export function projectProposal(draft: ProjectDraft): Card {
  return {
    text: html`${signs.project} ${proposalText(draft)}\nTask IDs will look like ${code(`${draft.key}-1`)}.`,
    keyboard: keyboard([
      [
        button('OK', dialogTap, { about: 'key', answer: 'ok' }, 'success'),
        button('Change', dialogTap, { about: 'key', answer: 'change' }),
      ],
    ]),
  }
}

export function projectConfirmed(draft: ProjectDraft): Card {
  return { text: html`${signs.project} ${proposalText(draft)}` }
}

function proposalText({ name, key, repoUrl }: ProjectDraft): Html {
  return html`${bold(name)}, key ${bold(key)}${repoUrl !== null && html` · ${code(repoUrl)}`}`
}

/** Asks for another name or key. */
export function projectChangeQuestion(draft: ProjectDraft): Card {
  return {
    text: html`${signs.write} Send a name, a key, or both, e.g. ${code(`${draft.name}, ${draft.key}`)}.`,
    asks: true,
  }
}

/** The end of the setup: what to do first, and how to connect an agent. */
export function setUpDone(
  project: { readonly key: string; readonly name: string; readonly hasRepo: boolean },
  knownZone: string | null,
): Card {
  return {
    text: joinHtml(
      [
        html`${signs.project} ${bold(title(project.name))} is ready. Anything you write here becomes a task; try the sample above.`,
        html`Next: connect an agent so it can pick up tasks and report back.`,
        joinHtml(
          [
            knownZone !== null &&
              html`${signs.timeZone} Time zone: ${cityOf(knownZone)} (change it in /settings)`,
            !project.hasRepo &&
              html`${signs.repository} No repository yet. Add it in /projects so agents can match it.`,
          ],
          '\n',
        ),
      ].filter(({ html: text }) => text !== ''),
      '\n\n',
    ),
    keyboard: keyboard([
      [button(`${signs.connect} Connect an agent`, newTokenScreen, { agent: '' })],
      [button(`${signs.home} Home`, homeScreen)],
    ]),
  }
}

export function projectCreated(project: {
  readonly key: string
  readonly name: string
  readonly hasRepo: boolean
}): Card {
  return {
    text: html`${signs.project} ${bold(title(project.name))} is ready. Start a message with ${code(`${project.key}:`)} to add a task to it.${!project.hasRepo && `\nNo repository yet. Add it under Edit so agents can match it.`}`,
    keyboard: keyboard([[button('Open the project', projectScreen, { key: project.key })]]),
  }
}

/** The sample task on a new board: for trying the buttons, and harmless for the first agent that claims it. */
export const sampleTask = {
  title: 'Try me: say hello',
  note: 'For you: buttons update this card; Undo reverts. Reply to comment. Delete me via More → Delete.\n\nFor the agent: change nothing. Say hello in one sentence, name the repository you are in, and complete this task.',
  criteria: ['An agent said hello'],
} as const
