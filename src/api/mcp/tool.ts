import type { CallToolResult, McpServer } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import { toToolSchema, withoutExtras } from './arguments.ts'
import type { Caller } from './caller.ts'
import { toolErrorText } from './tool-error.ts'

/** A tool of the board: what it takes, and what it does for its caller. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly input: Input
  readonly kind: 'read' | 'write' | 'delete'
  readonly run: (caller: Caller, input: z.output<Input>) => Promise<Record<string, unknown>>
}

/** Names the type of a tool's input once for its schema and its work. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool {
  // The server validates the input with the tool's own schema before it calls `run`.
  return tool as unknown as Tool
}

/** Registers tools with a server that serves one caller. */
export function registerTools(server: McpServer, caller: () => Caller, tools: readonly Tool[]): void {
  for (const tool of tools) {
    server.registerTool(
      tool.name,
      {
        title: tool.title,
        description: tool.description,
        inputSchema: toToolSchema(tool.input),
        annotations: {
          readOnlyHint: tool.kind === 'read',
          destructiveHint: tool.kind === 'delete',
          openWorldHint: false,
        },
      },
      async (given): Promise<CallToolResult> => {
        const by = caller()
        try {
          const result = await tool.run(by, await withoutExtras(by, tool, given as Record<string, unknown>))
          return { structuredContent: result, content: [{ type: 'text', text: JSON.stringify(result) }] }
        } catch (error) {
          return { isError: true, content: [{ type: 'text', text: toolErrorText(error, by) }] }
        }
      },
    )
  }
}
