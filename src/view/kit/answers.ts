import type { RunState } from '../../domain/core/task-values.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { PromptKind } from '../../telegram/store/messages/reply-topic.ts'
import { button } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, code, type Html, html, joinHtml } from './html.ts'
import { cancelTap } from './links.ts'
import { engineName, priorityName, queuedFor, statusName } from './names.ts'
import { signs } from './signs.ts'

// Answers to taps and replies.

export const toasts = {
  outdated: 'That’s out of date – here’s the current state.',
  unknown: 'This button no longer works. Send the command again.',
  stranger: 'Only the owner can use these buttons.',
  elsewhere: 'Your board is in another chat.',
  unchanged: 'Already done.',
  undone: 'Undone.',
  commented: 'Comment added.',
  cancelled: 'Canceled.',
  nudged: 'Nudged. The agent will see it when it next checks in.',
  waiting: 'OK, I’ll keep waiting.',
  notQueued: 'Not queued – couldn’t reach the runner.',
  answered: 'Answered.',
  alreadyAnswered: 'Already answered.',
  withdrawn: 'That question was withdrawn.',
  expired: 'That question is no longer open.',
  setUpGoesOn: 'Let’s go on with the set-up.',
  ruleRevoked: 'Revoked. The next use asks again.',
  wordsKept: 'I kept your words. Only a tap allows or denies.',
} as const

/** Tells the owner in another chat where the board is; `group` is its group's title, null for the private chat. */
export function boardPlace(group: string | null): string {
  return group === null
    ? 'Your board is in our private chat. Write to me there.'
    : `Your board is in the group “${group}”. Write to me there.`
}

/** Sent in the board's group to an anonymous admin. */
export const anonymousText =
  'I can’t tell who you are while you write as an anonymous admin. Turn off “Remain anonymous” in your admin rights.'

/** Describes what a tap changed. */
export function changedToast(before: Task, after: Task): string {
  if (before.key !== after.key) return `Moved: ${before.key} is now ${after.key}.`
  const wasWithAgent = before.runState !== null && after.runState === null
  if (after.runState === 'queued' && before.runState !== 'queued') return `${after.key}: ${queuedFor(after)}.`
  if (before.status !== after.status) {
    const taken = wasWithAgent
      ? before.runState === 'running'
        ? ' Agent stopped.'
        : ' Taken back from the queue.'
      : ''
    return `${after.key} → ${statusName[after.status]}.${taken}`
  }
  if (wasWithAgent) return before.runState === 'running' ? 'Agent stopped.' : 'Taken back from the queue.'
  if (before.priority !== after.priority) return `Priority: ${priorityName[after.priority]}`
  if (before.engine !== after.engine)
    return `Engine: ${after.engine === null ? 'any' : engineName[after.engine]}`
  if (before.dueAt?.getTime() !== after.dueAt?.getTime())
    return after.dueAt === null ? 'Due date cleared.' : 'Due date set.'
  if (before.focusedAt?.getTime() !== after.focusedAt?.getTime())
    return after.focusedAt === null ? 'Out of focus.' : 'In focus today.'
  return 'Changed.'
}

export function staleToast(task: Task | null): string {
  return task === null
    ? 'This task was deleted.'
    : `It changed in the meantime – ${task.key} is now in ${statusName[task.status]}.`
}

const questionText: Record<PromptKind, (about: string) => Html> = {
  answer: (key) => html`What should I tell the agent${aboutKey(key)}?`,
  deny: (key) =>
    html`Why not${aboutKey(key) && html` (${bold(key)})`}? I’ll send your words with the denial.`,
  change: (key) => html`What should change in the plan${aboutKey(key)}?`,
  'send-back': (key) => html`What should change in ${bold(key)}? I’ll send it back with your note.`,
  title: (key) => html`New title for ${bold(key)}?`,
  note: (key) => html`New note for ${bold(key)}? (Replaces the current text.)`,
  criteria: (key) => html`Send the acceptance criteria for ${bold(key)}, one per line.`,
  due: (key) =>
    html`When is ${bold(key)} due? E.g. ${code('fri 17:00')}, ${code('in 3 days')} or ${code('2026-12-01')}.`,
  label: (key) => html`Which label should ${bold(key)} get?`,
  branch: (key) => html`Branch for ${bold(key)}? Send ${code('-')} to clear.`,
  'token-name': () => html`Name this token, e.g. “laptop”.`,
  'time-zone': () => html`What’s your time zone? Send a city or a zone, e.g. ${code('Europe/Berlin')}.`,
  'digest-time': () => html`When should I send the digest? E.g. ${code('08:30')}.`,
  'quiet-hours': () => html`When should I stay quiet? E.g. ${code('22:00-07:00')}.`,
  'project-name': (key) => html`New name for project ${bold(key)}?`,
  'project-repo': (key) =>
    html`Which repository is ${bold(key)} in? E.g. ${code('owner/repo')}. Send ${code('-')} to clear.`,
  'project-instructions': (key) =>
    html`Instructions for agents working on ${bold(key)}? Send ${code('-')} to clear.`,
  'project-description': (key) => html`Description of project ${bold(key)}? Send ${code('-')} to clear.`,
  'project-url': (key) => html`Where is ${bold(key)} deployed? Send a URL, or ${code('-')} to clear.`,
  'project-picture': (key) => html`Picture for ${bold(key)}? Send its URL, or ${code('-')} to clear.`,
  'project-branch': (key) => html`Default branch of ${bold(key)}? Send ${code('-')} for ${code('main')}.`,
  'new-label': () => html`Name the new label.`,
  'label-name': (name) => html`New name for the label ${bold(name)}?`,
  'stale-after': () => html`Flag an agent as stuck after how many minutes?`,
  'queued-after': () => html`Remind you about queued tasks after how many minutes?`,
  'runner-chat': () =>
    html`Which chat is the runner in? Send its ID or @name, e.g. ${code('@my_runners')}; ${code('-')} for this chat.`,
  'runner-bot': () =>
    html`Username of Hermes’ bot, e.g. ${code('@my_hermes_bot')}? Send ${code('-')} for none.`,
  search: () => html`What are you looking for?`,
  'new-task': () => html`What needs doing?`,
}

// A question may be about no task.
function aboutKey(key: string): Html | false {
  return key !== '' && html` about ${bold(key)}`
}

/** Asks for a text; the owner replies to the message. */
export function questionCard(ask: PromptKind, about = ''): Card {
  return {
    text: html`${questionText[ask](about)}\n<i>Reply to this message.</i>`,
    keyboard: keyboard([[button('Cancel', cancelTap)]]),
  }
}

/** Rewords a domain error for the owner: strips the leading field name. */
export function toSentence(message: string): string {
  const words = message.replace(/^[a-z]\w*(?:\.\w+)*: /, '')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Shows why a message was refused. */
export function refusalCard(reason: string): Card {
  return { text: html`${signs.problem} ${toSentence(reason)}` }
}

/** Shows why an answer was refused and asks again. */
export function askAgainCard(reason: string, ask: PromptKind, about = ''): Card {
  const { text, ...rest } = questionCard(ask, about)
  return { ...rest, text: joinHtml([refusalCard(reason).text, text], '\n') }
}

/** For a reply to a message that isn't about a task. */
export function aboutNothingCard(): Card {
  return {
    text: html`That message isn’t about a task. Send it without replying to add it as one.`,
  }
}

/** For an unexpected error; `id` is logged with it. */
export function faultCard(id: number): Card {
  return {
    text: html`Something went wrong. Nothing was lost. (Ref ${code(String(id))})`,
  }
}

/** The comment that a nudge sends to an agent. */
export function nudgeText(runState: RunState): string {
  return runState === 'queued'
    ? 'This has been queued for a while – please pick it up next.'
    : 'Still working on this? Please post an update, or block it if you’re stuck.'
}

/** Replaces a question that the owner canceled. */
export function cancelledCard(): Card {
  return { text: html`<i>Canceled.</i>` }
}

/** For files of a task that Telegram no longer has. */
export function missingFilesCard(count: number): Card {
  return {
    text: html`${signs.problem} ${count === 1 ? 'One file is' : `${count} files are`} no longer available on Telegram.`,
  }
}

/** The caption of a note or a result that is sent as a file. */
export function wholeTextCard(task: Task, what: 'note' | 'result'): Card {
  return { text: html`The whole ${what} of ${bold(task.key)}` }
}

/** For a recording without text, which agents can't hear. */
export function unheardCard(task: Task): Card {
  return {
    text: html`I kept your recording on ${bold(task.key)}, but agents can’t hear it. Reply with a few words too.`,
  }
}
