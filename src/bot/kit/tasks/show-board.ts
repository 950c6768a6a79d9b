import { readBoard } from '../../../domain/tasks/lists/lanes.ts'
import { boardCard, cardsALane, unknownProjectText } from '../../../view/tasks/lists/board.ts'
import { type BotContext, scopeOf, viewerOf } from '../context.ts'
import { showScreen } from '../show.ts'

/** Shows a project's board. For an unknown key, says so and shows all projects. */
export async function showBoard(
  ctx: BotContext,
  wanted: string,
  { undo = null, notice }: { readonly undo?: string | null; readonly notice?: string } = {},
): Promise<void> {
  const projectKeys = (await ctx.projects()).map((project) => project.projectKey)
  const projectKey = projectKeys.includes(wanted) ? wanted : ''
  const lanes = await readBoard(scopeOf(ctx), { projectKey: projectKey || undefined, cards: cardsALane })
  const unknown = projectKey === wanted ? undefined : unknownProjectText(wanted)
  const card = boardCard({
    lanes,
    projectKeys,
    projectKey,
    undo,
    notice: notice ?? unknown,
    ...viewerOf(ctx),
  })
  await showScreen(ctx, card)
}
