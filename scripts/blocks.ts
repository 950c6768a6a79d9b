import { readFileSync, writeFileSync } from 'node:fs'

/** Matches the generated parts of a document: `<!-- name: made by … -->` to `<!-- /name -->`. */
const block = /(<!-- ([\w-]+): made by .*-->\n)([\s\S]*?)(<!-- \/\2 -->)/g

/** Replaces the named parts of a text. */
export function fillBlocks(text: string, made: Readonly<Record<string, string>>): string {
  return text.replace(block, (whole, start: string, name: string, _old: string, end: string) =>
    made[name] === undefined ? whole : `${start}${made[name]}\n${end}`,
  )
}

/** Writes one generated part of a document. Throws if the document lacks it. */
export function writeBlock(path: string, name: string, content: string): void {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(`<!-- ${name}: made by `)) throw new Error(`${path} has no part "${name}".`)
  writeFileSync(path, fillBlocks(text, { [name]: content }))
}
