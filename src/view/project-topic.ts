import { chosen, doesAct, toScreen } from './buttons.ts'
import { type Button, type Card, keyboard } from './card.ts'
import { bold, html } from './html.ts'

/** Where the news of a project goes, and where else it may go. */
export interface ProjectTopicFacts {
  readonly project: { readonly projectKey: string; readonly name: string }
  /** The topic of its own; null where its news goes to the main one. */
  readonly threadId: number | null
  /** The topic in which this is shown. */
  readonly shownIn: number | null
  readonly mainThreadId: number | null
}

/** Chooses the topic for the news of a project. */
export function projectTopicCard(facts: ProjectTopicFacts, undo?: string | null): Card {
  const { project, threadId, shownIn, mainThreadId } = facts
  const key = project.projectKey
  const pick = (label: string, value: string, is: boolean): Button =>
    doesAct(chosen(label, is), { name: 'project-topic', about: key, value })
  const where =
    threadId === null ? 'the main topic' : threadId === shownIn ? 'this topic' : 'another topic of its own'
  const isElsewhere = shownIn !== null && shownIn !== mainThreadId
  return {
    text: html`💬 News of ${bold(project.name)} goes to ${bold(where)}.${threadId !== null && ' What you write there becomes a task of this project.'}${!isElsewhere && `\n\nTo use a topic that is there already, send /projects ${key} in it.`}`,
    keyboard: keyboard([
      [pick('Main topic', 'none', threadId === null)],
      [
        ...(threadId === null ? [pick('Own topic', 'own', false)] : []),
        ...(isElsewhere ? [pick('Use this topic', 'here', threadId === shownIn)] : []),
      ],
      [
        ...(undo ? [doesAct('↩️ Undo', { name: 'undo-project', about: key, value: undo })] : []),
        toScreen('‹ Back', 'project', key),
      ],
    ]),
  }
}

/** Why Telegram made no topic, and what to do. */
export function noTopicReason(description: string): string {
  if (/not enough rights|CHAT_ADMIN_REQUIRED/.test(description))
    return 'I may not make topics here. Make me an administrator who may manage topics.'
  if (/not a forum/.test(description)) return 'This group has no topics. Turn them on in its settings.'
  return `Telegram made no topic: ${description.replace(/^[A-Z][\w ]*: /, '')}.`
}
