import { claimTool } from './claim-tool.ts'
import { compatibleTools } from './compatible-tools.ts'
import { questionTools } from './question-tools.ts'
import { readTools } from './read-tools.ts'
import { writeTools } from './write-tools.ts'

/** The tools that `tools/list` shows, in its order. */
export const listedTools = [...readTools, ...writeTools, ...questionTools, claimTool]

/** The tools that can be called. */
export const tools = [...listedTools, ...compatibleTools]
