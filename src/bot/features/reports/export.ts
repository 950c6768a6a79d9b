import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { exportParts, exportRows, exportTasks } from '../../../domain/reports/export.ts'
import { countTasks } from '../../../domain/tasks/lists/list.ts'
import { localDate } from '../../../domain/time/time.ts'
import {
  csvColumns,
  exportCaption,
  exportHereCard,
  exportTap,
  exportTooLargeCard,
  taskRow,
} from '../../../view/reports/export.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'

// Telegram accepts files of up to 50 MB from a bot.
const maxBytes = 49 * 1024 * 1024
const manyTasks = 2_000

/** /export: the full board as JSON, and the tasks as CSV. */
export function exports(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    { command: 'export', description: 'Export as JSON and CSV', acts: true },
    async (ctx) => {
      if (ctx.chat.type === 'private') await sendBoard(ctx)
      else await ctx.sender.send(exportHereCard(), { purpose: 'screen' })
    },
  )
  onTap(feature, exportTap, async (ctx) => {
    const warning = ctx.callbackQuery?.message
    if (warning !== undefined) await ctx.sender.remove(warning.message_id)
    await sendBoard(ctx)
  })
  return feature
}

async function sendBoard(ctx: BotContext): Promise<void> {
  await ctx.replyWithChatAction('upload_document')
  const { now, timeZone } = viewerOf(ctx)
  const stem = `board-${localDate(now, timeZone)}`
  const count = await countTasks(scopeOf(ctx), {}, Number.MAX_SAFE_INTEGER)
  const about = { purpose: 'answer', replyTo: ctx.message?.message_id } as const
  // Phones can open plain JSON; a large board is gzipped to fit the limit.
  const packed = count > manyTasks
  const json = await collect(jsonOf(ctx), packed)
  const csv = await collect(csvOf(ctx), false)
  if (json === null || csv === null) return void (await ctx.sender.send(exportTooLargeCard(), about))
  await ctx.sender.sendFile(
    { name: packed ? `${stem}.json.gz` : `${stem}.json`, content: json },
    exportCaption('json', count),
    about,
  )
  await ctx.sender.sendFile({ name: `${stem}-tasks.csv`, content: csv }, exportCaption('csv', count), about)
}

async function* jsonOf(ctx: BotContext): AsyncGenerator<string> {
  yield `{"format":"preqbot","version":1,"exportedAt":${JSON.stringify(ctx.board.now())}`
  for (const part of exportParts) {
    yield `,\n${JSON.stringify(part)}:[`
    let separator = '\n'
    for await (const row of exportRows(scopeOf(ctx), part)) {
      yield separator + JSON.stringify(row)
      separator = ',\n'
    }
    yield ']'
  }
  yield '}\n'
}

async function* csvOf(ctx: BotContext): AsyncGenerator<string> {
  const { unparse } = (await import('papaparse')).default
  // Spreadsheets run text that starts with = + - @, or their full-width forms, as a formula. PapaParse's own pattern
  // misses multi-line cells (mholt/PapaParse#1149).
  const options = { newline: '\r\n', escapeFormulae: /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/ }
  yield `\uFEFF${unparse([csvColumns], options)}\r\n`
  for await (const task of exportTasks(scopeOf(ctx))) {
    const row = taskRow(task)
    yield `${unparse([csvColumns.map((column) => row[column])], options)}\r\n`
  }
}

class TooLargeError extends Error {}

/** Joins the parts into one file; null if it's too large for Telegram. */
async function collect(parts: AsyncIterable<string>, packed: boolean): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  const keep = async (source: AsyncIterable<Buffer | string>) => {
    for await (const part of source) {
      const chunk = Buffer.from(part as string)
      bytes += chunk.length
      if (bytes > maxBytes) throw new TooLargeError()
      chunks.push(chunk)
    }
  }
  try {
    await (packed ? pipeline(parts, createGzip(), keep) : keep(parts))
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof TooLargeError) return null
    throw error
  }
}
