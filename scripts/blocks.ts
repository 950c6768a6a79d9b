import { readFileSync, writeFileSync } from 'node:fs'

/** The parts of a document that a command writes, by name: `<!-- name: made by … -->` to `<!-- /name -->`. */
const block = /(<!-- ([\w-]+): made by .*-->\n)([\s\S]*?)(<!-- \/\2 -->)/g

/** Replaces the named parts of a text; other parts stay as they are. */
export function fillBlocks(text: string, made: Readonly<Record<string, string>>): string {
  return text.replace(block, (whole, start: string, name: string, _old: string, end: string) =>
    made[name] === undefined ? whole : `${start}${made[name]}\n${end}`,
  )
}

/** Writes one part of a document. Throws if the document has no such part. */
export function writeBlock(path: string, name: string, content: string): void {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(`<!-- ${name}: made by `)) throw new Error(`${path} has no part "${name}".`)
  writeFileSync(path, fillBlocks(text, { [name]: content }))
}
