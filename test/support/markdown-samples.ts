import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../view/samples')

/** Results as agents write them, by name. */
export const samples = readdirSync(folder).map(
  (name) => [name, readFileSync(join(folder, name), 'utf8')] as const,
)

const together = samples.map(([, markdown]) => markdown).join('\n\n')
const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join('\n')

/** Results longer than anyone writes by hand. */
export const giants = [
  ['60,000 characters of all samples', together.repeat(Math.ceil(60_000 / together.length)).slice(0, 60_000)],
  [
    '200 links',
    times(200, (index) => `- [file ${index}](https://example.com/src/module-${index}/index.ts#L${index})`),
  ],
  ['300 code spans in one paragraph', times(300, (index) => `\`value_${index}\``)],
  ['a line of 20,000 characters', times(2_500, (index) => `word${index}`).replaceAll('\n', ' ')],
  ['a word of 6,000 characters', `begin ${'Ab3/'.repeat(1_500)} end`],
  [
    'a block of code of 2,000 lines',
    `Log:\n\n\`\`\`\n${times(2_000, (index) => `${index} <info> ok & well`)}\n\`\`\`\n\nThe end.`,
  ],
  [
    'a table of 400 rows',
    `| File | Lines |\n|---|--:|\n${times(400, (index) => `| src/file-${index}.ts | ${index * 3} |`)}`,
  ],
  ['200 headings', times(200, (index) => `## Step ${index}\n\nDone *${index}*.\n`)],
  ['a list nested 120 deep', times(120, (index) => `${'  '.repeat(index)}- level ${index}`)],
  ['a quote nested 120 deep', times(120, (index) => `${'> '.repeat(index + 1)}reply ${index}`)],
  ['5,000 emoji', times(1_250, () => '👩‍💻🏳️‍🌈 ok')],
  [
    'a patch of 1,500 lines',
    `--- a/x\n+++ b/x\n@@ -1 +1 @@\n${times(1_500, (index) => `${index % 2 ? '+' : '-'}line ${index}`)}`,
  ],
] as const
