import { engines } from '../../domain/core/task-values.ts'
import type { LimitFacts } from '../../domain/tasks/runners/limits.ts'
import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml } from '../kit/html.ts'
import { undoOn } from '../kit/links.ts'
import { countedTasks, engineName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import type { Viewer } from '../kit/when.ts'
import { timeText } from '../tasks/runs/run-texts.ts'

/** Keeps to a usage limit. */
export const keepLimitTap = defineAct('limit-keep', { limit: field.uuid })
/** Lets an engine get tasks before its limit ends. */
export const liftLimitTap = defineAct('limit-lift', { limit: field.uuid })
/** Gives the tasks that wait to another engine. */
export const otherEngineTap = defineAct(
  'limit-other',
  { limit: field.uuid },
  { engine: field.oneOf(engines) },
)
export const limitUndoTap = undoOn('limit', defineAct('limit-undo', { audit: field.uuid }))

/** What the owner has just decided about a limit. */
export type LimitDecision =
  | { readonly kind: 'kept' | 'lifted' }
  | { readonly kind: 'moved'; readonly engine: LimitFacts['engine']; readonly count: number }

/** Shows a usage limit, and what the owner can do about it or has decided. */
export function limitCard(
  limit: LimitFacts,
  viewer: Viewer,
  { decided, undo = null }: { readonly decided?: LimitDecision; readonly undo?: string | null } = {},
): Card {
  return {
    text: joinHtml([headLine(limit, viewer), decided && decidedLine(limit, decided, viewer)], '\n'),
    keyboard: keyboard([
      ...(decided === undefined && limit.holds ? choices(limit, viewer) : []),
      undo === null
        ? []
        : [button(`${signs.undo} Undo`, limitUndoTap, { audit: undo, about: shortId(limit.id) })],
    ]),
  }
}

/** Says that a runner is no longer known. */
export function limitGoneCard(): Card {
  return { text: html`${signs.expired} That runner is gone.` }
}

function headLine({ engine, runner, until, holds, waiting }: LimitFacts, viewer: Viewer): Html {
  const name = bold(`${engineName[engine]} on ${runner.name}`)
  if (!holds) return html`${signs.runner} ${name} gets tasks again.`
  const wait =
    waiting.length === 0
      ? ''
      : ` ${countedTasks(waiting.length)} ${waiting.length === 1 ? 'waits' : 'wait'} for it.`
  return html`${signs.expired} ${name} has reached its usage limit until ${timeText(until, viewer)}.${wait}`
}

function decidedLine({ until }: LimitFacts, decided: LimitDecision, viewer: Viewer): Html | null {
  switch (decided.kind) {
    case 'kept':
      return html`${signs.done} It resumes at ${timeText(until, viewer)}.`
    case 'lifted':
      return null
    case 'moved':
      return html`${signs.done} ${countedTasks(decided.count)} queued for ${engineName[decided.engine]} instead.`
  }
}

function choices({ id: limit, until, waiting, others }: LimitFacts, viewer: Viewer): Button[][] {
  const switches = waiting.length === 0 ? [] : others
  return [
    [
      button(`Resume at ${timeText(until, viewer)}`, keepLimitTap, { limit }),
      button('Resume now', liftLimitTap, { limit }),
    ],
    ...inRows(
      switches.map((engine) =>
        button(`Use ${engineName[engine]} instead`, otherEngineTap, { limit, engine }),
      ),
      2,
    ),
  ]
}

/** Returns an ID in 22 characters, so that it fits beside the change to undo. */
function shortId(id: string): string {
  return field.uuid.encode(id)
}

/** Reads what `shortId` returned. */
export function toLimitId(short: string): string | undefined {
  return field.uuid.decode(short)
}
