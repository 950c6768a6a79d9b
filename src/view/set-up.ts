import { doesAct, toScreen } from './buttons.ts'
import { type Card, inRows, keyboard } from './card.ts'
import { bold, code, html, joinHtml } from './html.ts'
import { cityOf, likelyTimeZones, zoneButton } from './time-zones.ts'
import { clock } from './when.ts'

/** The first question of the set-up. */
export function zoneQuestion(reader: {
  readonly now: Date
  readonly language: string | undefined
  readonly machineZone: string
}): Card {
  const zones = likelyTimeZones(reader.language, reader.machineZone)
  return {
    text: html`👋 ${bold('Welcome to your board.')} From now on it listens to you alone. A few questions and it is ready.

🌍 ${bold('Where are you?')} Tap your time zone, or write a city.`,
    keyboard: keyboard(
      inRows(
        zones.map((zone) => zoneButton(zone, { now: reader.now, on: 'set-up' })),
        2,
      ),
    ),
  }
}

export function zoneSettled(timeZone: string, now: Date): Card {
  return { text: html`🌍 ${bold(cityOf(timeZone))}: it is ${clock(now, timeZone)} where you are.` }
}

export function projectNameQuestion(isFirst: boolean): Card {
  const which = isFirst ? 'your first project' : 'the project'
  return {
    text: html`📦 ${bold(`What is ${which} called?`)} Often that is the name of a repository.`,
    asks: true,
  }
}

export function projectKeyQuestion(name: string, key: string): Card {
  return {
    text: html`🔖 Tasks of ${bold(name)} will be called ${code(`${key}-1`)}, ${code(`${key}-2`)} …

Keep ${bold(key)}, or write another short key. It cannot be changed later.`,
    keyboard: keyboard([[doesAct(`Keep ${key}`, { name: 'dialog', about: 'key', value: key })]]),
  }
}

export function projectKeySettled(name: string, key: string): Card {
  return { text: html`🔖 Tasks of ${bold(name)} are called ${code(`${key}-1`)}, ${code(`${key}-2`)} …` }
}

export function repositoryQuestion(name: string): Card {
  return {
    text: html`🗂 Where is the repository of ${bold(name)}? Send ${code('owner/repo')} or its address; agents find the project by it.`,
    keyboard: keyboard([[doesAct('Skip', { name: 'dialog', about: 'repo' })]]),
  }
}

export function repositorySettled(repo: string | null): Card {
  return { text: repo === null ? html`🗂 No repository for now.` : html`🗂 Repository: ${repo}` }
}

/** The end of the set-up: what to do first, and the way to an agent. */
export function setUpDone(project: { readonly key: string; readonly name: string }): Card {
  return {
    text: joinHtml(
      [
        html`✅ ${bold(project.name)} is ready.`,
        html`Write anything here and it becomes a task. Below is one to try the buttons on.`,
        html`Now give an agent a token, so that it can fetch tasks and report back. /help shows the rest.`,
      ],
      '\n\n',
    ),
    keyboard: keyboard([[toScreen('🔑 Connect an agent', 'new-token')], [toScreen('🏠 Home', 'home')]]),
  }
}

export function projectMade(project: { readonly key: string; readonly name: string }): Card {
  return {
    text: html`✅ ${bold(project.name)} is ready. Begin a message with ${code(`${project.key}:`)} to put a task there.`,
    keyboard: keyboard([[toScreen('Open the project', 'project', project.key)]]),
  }
}

/** The task that stands on a new board, to be tried. */
export const sampleTask = {
  title: 'Try me: tap Todo',
  note: 'Every button changes this card in place, and Undo takes a change back. Reply to this message to add a comment. Delete me when you are done (More, Delete).',
  criteria: ['Moved it to Todo', 'Gave it a priority'],
} as const
