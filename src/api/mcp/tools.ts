import { readTools } from './read-tools.ts'
import { writeTools } from './write-tools.ts'

/** The tools that `tools/list` shows, in its order. */
export const tools = [...readTools, ...writeTools]
