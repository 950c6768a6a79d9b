import { button, chosen } from '../kit/buttons.ts'
import { type Button, type Card, keyboard } from '../kit/card.ts'
import { bold, html, title } from '../kit/html.ts'
import { projectScreen } from '../kit/links.ts'
import { signs } from '../kit/signs.ts'
import { projectTopicTap, projectUndoTap } from './callbacks.ts'

/** Where a project's updates go and where else they can go. */
export interface ProjectTopicFacts {
  readonly project: { readonly projectKey: string; readonly name: string }
  /** Its own topic; null for the main one. */
  readonly threadId: number | null
  /** The topic that shows this. */
  readonly shownIn: number | null
  readonly mainThreadId: number | null
}

/** Picks the topic for a project's updates. */
export function projectTopicCard(facts: ProjectTopicFacts, undo?: string | null): Card {
  const { project, threadId, shownIn, mainThreadId } = facts
  const key = project.projectKey
  const pick = (label: string, value: string, is: boolean): Button =>
    button(chosen(label, is), projectTopicTap, { key, choice: value })
  const where = threadId === null ? 'the main topic' : threadId === shownIn ? 'this topic' : 'its own topic'
  const isElsewhere = shownIn !== null && shownIn !== mainThreadId
  return {
    text: html`${signs.topic} ${bold(title(project.name))}'s updates go to ${bold(where)}.${threadId !== null && ' Anything you write there becomes a task in this project.'}${!isElsewhere && `\n\nTo use an existing topic, send /projects ${key} in it.`}`,
    keyboard: keyboard([
      [pick('Main topic', 'none', threadId === null)],
      [
        ...(threadId === null ? [pick('Own topic', 'own', false)] : []),
        ...(isElsewhere ? [pick('Use this topic', 'here', threadId === shownIn)] : []),
      ],
      [
        ...(undo ? [button(`${signs.undo} Undo`, projectUndoTap, { about: key, audit: undo })] : []),
        button(`${signs.back} Back`, projectScreen, { key }),
      ],
    ]),
  }
}

/** Explains why Telegram couldn't create a topic and what to do. */
export function noTopicReason(description: string): string {
  if (/not enough rights|CHAT_ADMIN_REQUIRED/.test(description))
    return "I can't create topics. Make me an admin with “Manage topics”."
  if (/not a forum/.test(description))
    return "This group has no topics. Turn them on in the group's settings."
  return `Telegram couldn't create the topic: ${description.replace(/^[A-Z][\w ]*: /, '')}.`
}
