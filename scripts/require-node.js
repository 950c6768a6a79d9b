import { readFileSync } from 'node:fs'

// Runs before the build, which fails with a syntax error on an old Node.
const { name, engines } = JSON.parse(readFileSync('package.json', 'utf8'))
const wanted = engines.node.replace('>=', '')
const [major, minor] = wanted.split('.').map(Number)
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  process.stderr.write(
    `${name} needs Node ${wanted} or newer and this is ${process.versions.node}: see https://nodejs.org\n`,
  )
  process.exit(1)
}
