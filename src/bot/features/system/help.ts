import { helpCard } from '../../../view/system/help.ts'
import { commands } from '../../kit/commands.ts'
import { createFeature, type Feature, onCommand } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

/** /help: the shorthand and every command. */
export function help(): Feature {
  const feature = createFeature()
  onCommand(feature, 'help', (ctx) => showScreen(ctx, helpCard(commands)))
  return feature
}
