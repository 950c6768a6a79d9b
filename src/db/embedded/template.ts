import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { gunzipSync, gzipSync } from 'node:zlib'

type Entry = readonly [path: string, content: Buffer | null]

const root = new URL('../../../', import.meta.url)

/**
 * Returns where the build puts a migrated, empty database for this schema and PGlite version. A first start copies it, because initdb
 * takes seconds and briefly more than half a gigabyte.
 */
export function templatePath(): string {
  const hash = createHash('sha256')
  const drizzle = new URL('drizzle/', root)
  for (const name of readdirSync(drizzle).toSorted())
    if (name.endsWith('.sql')) hash.update(name).update(readFileSync(new URL(name, drizzle)))
  const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  hash.update(manifest.dependencies['@electric-sql/pglite'] ?? '')
  return fileURLToPath(new URL(`dist/template-${hash.digest('hex').slice(0, 12)}.gz`, root))
}

/** Packs a folder as a template: each path with its content, null for a folder. @public */
export function packFolder(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry): Entry => {
    const path = join(entry.parentPath, entry.name)
    return [path.slice(folder.length + 1), entry.isDirectory() ? null : readFileSync(path)]
  })
  return gzipSync(serialize(entries))
}

/** Unpacks the template into a new folder. Returns false if the build has none for this schema. */
export function unpackTemplate(folder: string): boolean {
  const path = templatePath()
  if (!existsSync(path)) return false
  mkdirSync(folder, { mode: 0o700 })
  // Folders precede their content.
  for (const [name, content] of deserialize(gunzipSync(readFileSync(path))) as Entry[]) {
    if (content === null) mkdirSync(join(folder, name), { mode: 0o700, recursive: true })
    else writeFileSync(join(folder, name), content, { mode: 0o600 })
  }
  return true
}
