import type { PromptKind } from '../domain/messages.ts'
import type { RunState, Task } from '../domain/tasks/task.ts'
import { type Card, keyboard } from './card.ts'
import { bold, code, type Html, html } from './html.ts'
import { engineName, priorityName, statusName } from './names.ts'

// What taps and replies are answered with: one line each, in the words of the board.

export const toasts = {
  outdated: 'This button is outdated. Here is how it is now.',
  unknown: 'This button is from an older version. Send the command again.',
  stranger: 'Only the owner of this board can use its buttons, in the chat where it lives.',
  unchanged: 'Nothing to change: it is like that already.',
  undone: 'Undone.',
  commented: 'Comment added.',
  cancelled: 'Cancelled.',
  nudged: 'Asked. The agent reads it when it fetches the task.',
  waiting: 'All right, I keep waiting.',
  notQueued: 'Not queued: the runner was not told.',
} as const

/** What a tap has changed, in a few words. */
export function changedToast(before: Task, after: Task): string {
  if (before.key !== after.key) return `${before.key} is ${after.key} now.`
  if (before.status !== after.status) return `${after.key} → ${statusName[after.status]}`
  if (before.runState !== after.runState)
    return after.runState === 'queued' ? 'Queued for an agent.' : 'No longer with an agent.'
  if (before.priority !== after.priority) return `Priority: ${priorityName[after.priority]}`
  if (before.engine !== after.engine)
    return `Engine: ${after.engine === null ? 'any' : engineName[after.engine]}`
  if (before.dueAt?.getTime() !== after.dueAt?.getTime())
    return after.dueAt === null ? 'No due date.' : 'Due date set.'
  if (before.focusedAt?.getTime() !== after.focusedAt?.getTime())
    return after.focusedAt === null ? 'No longer in focus.' : 'In focus today.'
  return 'Changed.'
}

export function staleToast(task: Task | null): string {
  return task === null
    ? 'This task is gone.'
    : `It changed meanwhile: ${task.key} is in ${statusName[task.status]} now.`
}

const questionText: Record<PromptKind, (about: string) => Html> = {
  answer: (key) => html`💬 Your answer for ${bold(key)}? The agent reads it when it fetches the task.`,
  'send-back': (key) => html`↩️ What should change in ${bold(key)}? It goes back to Todo with your words.`,
  title: (key) => html`✏️ New title for ${bold(key)}?`,
  note: (key) => html`✏️ New note for ${bold(key)}? It replaces the text; criteria stay.`,
  criteria: (key) =>
    html`☑ Acceptance criteria for ${bold(key)}, one per line? They replace the list; checks stay.`,
  due: (key) =>
    html`📅 When is ${bold(key)} due? For example ${code('fri 17:00')}, ${code('in 3 days')} or ${code('2026-12-01')}.`,
  label: (key) => html`🏷 Name of the label for ${bold(key)}?`,
  branch: (key) => html`🌿 Branch for ${bold(key)}? ${code('-')} clears it.`,
  'token-name': () => html`🔑 A name for the token, such as the machine the agent runs on?`,
  'time-zone': () => html`🌍 Your time zone? A city or a zone, for example ${code('Europe/Berlin')}.`,
  'digest-time': () => html`🗓 When should the digest come? For example ${code('08:30')}.`,
  'quiet-hours': () => html`🌙 When should nothing sound? For example ${code('22:00-07:00')}.`,
  'project-name': (key) => html`✏️ New name for project ${bold(key)}?`,
  'project-repo': (key) =>
    html`📦 Repository of ${bold(key)}? For example ${code('owner/repo')}; ${code('-')} clears it.`,
  'project-instructions': (key) =>
    html`📜 Instructions that agents get for every task of ${bold(key)}? ${code('-')} clears them.`,
  'project-description': (key) => html`✏️ Description of project ${bold(key)}? ${code('-')} clears it.`,
  'project-url': (key) => html`🌐 Where is ${bold(key)} deployed? Send its address; ${code('-')} clears it.`,
  'project-picture': (key) => html`🖼 Address of a picture for ${bold(key)}? ${code('-')} takes it away.`,
  'project-branch': (key) => html`🌿 Default branch of ${bold(key)}? ${code('-')} is ${code('main')}.`,
  'new-label': () => html`🏷 Name of the new label?`,
  'label-name': (name) => html`🏷 New name for the label ${bold(name)}?`,
  'stale-after': () => html`⏱ After how many minutes without a word does an agent count as stuck?`,
  'queued-after': () => html`⏱ After how many minutes does a queued task count as forgotten?`,
  'runner-chat': () =>
    html`🏃 In which chat does the runner listen? Its id, or its name such as ${code('@my_runners')}; ${code('-')} is this chat.`,
  'runner-bot': () =>
    html`🤖 Username of Hermes’ bot, such as ${code('@my_hermes_bot')}? ${code('-')} is none.`,
  search: () => html`🔎 What are you looking for?`,
  'new-task': () => html`📥 What is to be done?`,
}

/** A question whose answer is the reply to it. */
export function questionCard(ask: PromptKind, about = ''): Card {
  return {
    text: html`${questionText[ask](about)}\n<i>Reply to this message.</i>`,
    keyboard: keyboard([[{ label: 'Cancel', does: { do: 'cancel' } }]]),
  }
}

/** A refusal of the board in words for its owner: without the name of the field that it begins with. */
export function inWords(message: string): string {
  const words = message.replace(/^[a-z]\w*(?:\.\w+)*: /, '')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A refusal in words; what was written is still in the message above it. */
export function refusalCard(reason: string): Card {
  return { text: html`⚠️ ${inWords(reason)}` }
}

/** Says that a reply was to nothing a task knows of. */
export function aboutNothingCard(): Card {
  return {
    text: html`That message is about no task, so I did not keep your reply. Send it without replying to capture it.`,
  }
}

/** Something went wrong on our side; the id finds it in the log. */
export function faultCard(id: number): Card {
  return {
    text: html`😕 That went wrong on my side and nothing of it is lost. If it happens again, look for update ${code(String(id))} in the log.`,
  }
}

/** The nearest command to one that is not known. */
export function unknownCommandCard(nearest: string | null): Card {
  return {
    text:
      nearest === null
        ? html`I do not know that command. /help lists them all.`
        : html`I do not know that command. Did you mean /${nearest}?`,
  }
}

/** What a nudge says to an agent. */
export function nudgeText(runState: RunState): string {
  return runState === 'queued'
    ? 'This has waited in the queue for a while. Please take it next.'
    : 'Are you still on this? Please say how it goes, or that you are blocked.'
}

/** Stands where a question was that the owner took back. */
export function cancelledCard(): Card {
  return { text: html`<i>Cancelled.</i>` }
}

/** Says that Telegram no longer has files of a note. */
export function missingFilesCard(count: number): Card {
  return {
    text: html`⚠️ Telegram no longer has ${count === 1 ? 'one of the files' : `${count} of the files`}.`,
  }
}

/** Goes with a note or a result that is sent as a file. */
export function wholeTextCard(task: Task, what: 'note' | 'result'): Card {
  return { text: html`📄 The whole ${what} of ${bold(task.key)}` }
}
