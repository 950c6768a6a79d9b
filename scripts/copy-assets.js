import { cp, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'

const assets = new Set(['.html', '.css', '.js', '.json', '.svg', '.ttf'])

// The compiler moves TypeScript alone: what else lies in src goes to the same place in dist.
for (const entry of await readdir('src', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !assets.has(extname(entry.name))) continue
  const path = join(entry.parentPath ?? entry.path, entry.name)
  await cp(path, join('dist', path.slice('src'.length)))
}
