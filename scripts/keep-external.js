import { readFileSync, writeFileSync } from 'node:fs'
import { external } from './external.js'

// For the image: drops the bundled packages from package.json, so `npm prune --omit=dev` removes them from node_modules.
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const kept = Object.entries(manifest.dependencies).filter(([name]) => external.includes(name))
writeFileSync(
  'package.json',
  `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(kept) }, null, 2)}\n`,
)
