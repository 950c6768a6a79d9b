/** A piece of SVG. */
export interface Svg {
  readonly svg: string
}

type Content = Svg | string | number | false | null | readonly Content[]

/** Builds SVG: svg`<text>${name}</text>` escapes every value that isn't SVG and rounds numbers to two decimals. */
export function svg(strings: TemplateStringsArray, ...values: readonly Content[]): Svg {
  return { svg: strings.reduce((written, part, index) => written + render(values[index - 1] ?? null) + part) }
}

function render(content: Content): string {
  if (content === null || content === false) return ''
  if (typeof content === 'number') return String(Math.round(content * 100) / 100)
  if (typeof content === 'string') return escapeXml(content)
  return isList(content) ? content.map(render).join('') : content.svg
}

function isList(content: object): content is readonly Content[] {
  return Array.isArray(content)
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}
