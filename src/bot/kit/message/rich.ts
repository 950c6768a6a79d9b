import type { RichBlock, RichMessage, RichText } from 'grammy/types'
import { animationFile, audioFile, documentFile, mapLink, photoFile, videoFile, voiceFile } from './files.ts'
import { inCode, inFence, inLink, quoted } from './markup.ts'

/** Converts a rich message to Markdown. Unknown elements become plain text. */
export function richToMarkdown({ blocks }: RichMessage): string {
  return joinBlocks(blocks)
}

function joinBlocks(blocks: readonly RichBlock[]): string {
  return blocks
    .map(blockToMarkdown)
    .filter((text) => text.trim() !== '')
    .join('\n\n')
}

function blockToMarkdown(block: RichBlock): string {
  switch (block.type) {
    case 'paragraph':
    case 'footer':
      return inline(block.text)
    case 'heading':
      return `${'#'.repeat(block.size ?? 1)} ${inline(block.text)}`
    case 'pre':
      return inFence(plainText(block.text), block.language)
    case 'divider':
      return '---'
    case 'mathematical_expression':
      return inFence(block.expression, 'math')
    case 'list':
      return block.items.map(itemToMarkdown).join('\n')
    case 'blockquote':
      return withCredit(quoted(joinBlocks(block.blocks)), block.credit)
    case 'expandable_blockquote':
    case 'pullquote':
      return withCredit(quoted(inline(block.text)), block.credit)
    case 'table':
      return tableToMarkdown(block)
    case 'details':
      return [inline(block.summary), joinBlocks(block.blocks)].join('\n\n')
    case 'collage':
    case 'slideshow':
      return withCaption(joinBlocks(block.blocks), block.caption)
    case 'map':
      return withCaption(mapLink(block.location), block.caption)
    case 'photo':
      return withCaption(photoFile(block.photo), block.caption)
    case 'video':
      return withCaption(videoFile(block.video), block.caption)
    case 'animation':
      return withCaption(animationFile(block.animation), block.caption)
    case 'audio':
      return withCaption(audioFile(block.audio), block.caption)
    case 'document':
      return withCaption(documentFile(block.document), block.caption)
    case 'voice_note':
      return withCaption(voiceFile(block.voice_note), block.caption)
    case 'buttons':
      return block.buttons.map((button) => buttonToMarkdown(button)).join('\n')
    default:
      return inline(textIn(block))
  }
}

type Item = Extract<RichBlock, { type: 'list' }>['items'][number]

function itemToMarkdown({ label, blocks, has_checkbox, is_checked, value }: Item): string {
  const isNumbered = value !== undefined || /^\w+[.)]?$/.test(label ?? '')
  const marker = isNumbered ? `${value ?? label.replace(/[.)]$/, '')}. ` : '- '
  const box = has_checkbox ? `[${is_checked ? 'x' : ' '}] ` : ''
  // Nested blocks directly follow their item.
  const text = joinBlocks(blocks).replace(/\n{2,}/g, '\n')
  return `${box === '' ? marker : '- '}${box}${text.replaceAll('\n', '\n  ')}`
}

function tableToMarkdown({ cells, caption }: Extract<RichBlock, { type: 'table' }>): string {
  const rows = cells.map((row) => row.map(({ text }) => inline(text ?? '').replace(/\||\n/g, cellEscape)))
  const width = Math.max(0, ...rows.map((row) => row.length))
  const lines = rows.map(
    (row) => `| ${Array.from({ length: width }, (_, at) => row[at] ?? '').join(' | ')} |`,
  )
  const [head = '', ...others] = lines
  const table = width === 0 ? '' : [head, `|${' --- |'.repeat(width)}`, ...others].join('\n')
  return [table, inline(caption ?? '')].filter((part) => part !== '').join('\n\n')
}

function cellEscape(character: string): string {
  return character === '|' ? '\\|' : ' '
}

function withCredit(text: string, credit: RichText | undefined): string {
  return credit === undefined ? text : `${text}\n> — ${inline(credit)}`
}

function withCaption(
  text: string,
  caption: { readonly text: RichText; readonly credit?: RichText } | undefined,
) {
  const words =
    caption === undefined
      ? ''
      : [inline(caption.text), inline(caption.credit ?? '')].filter(Boolean).join(' — ')
  return [text, words].filter((part) => part !== '').join('\n')
}

function buttonToMarkdown(
  button: { readonly text: RichText } | { readonly text: RichText; readonly url: string },
) {
  return 'url' in button ? inLink(inline(button.text), button.url) : inline(button.text)
}

/** Converts text with its formatting. */
function inline(text: RichText): string {
  if (typeof text === 'string') return text
  if (Array.isArray(text)) return text.map(inline).join('')
  switch (text.type) {
    case 'bold':
      return around('**', inline(text.text))
    case 'italic':
      return around('_', inline(text.text))
    case 'strikethrough':
      return around('~~', inline(text.text))
    case 'code':
      return inCode(plainText(text.text))
    case 'url':
      return inLink(inline(text.text), text.url)
    case 'custom_emoji':
      return text.alternative_text
    case 'mathematical_expression':
      return inCode(text.expression)
    case 'button':
      return buttonToMarkdown(text.button)
    case 'anchor':
      return ''
    default:
      return inline(textIn(text))
  }
}

function plainText(text: RichText): string {
  if (typeof text === 'string') return text
  return Array.isArray(text) ? text.map(plainText).join('') : plainText(textIn(text))
}

// Markdown ignores markers next to spaces.
function around(mark: string, text: string): string {
  return text.replace(/^(\s*)(.*?)(\s*)$/s, (whole, before: string, words: string, after: string) =>
    words === '' ? whole : `${before}${mark}${words}${mark}${after}`,
  )
}

/** Returns the text inside an element of an unknown kind. */
function textIn(unknown: object): RichText {
  const {
    text,
    blocks,
    expression,
    alternative_text: alternative,
  } = unknown as Readonly<Record<string, unknown>>
  if (Array.isArray(blocks)) return joinBlocks(blocks)
  return (text ?? expression ?? alternative ?? '') as RichText
}
