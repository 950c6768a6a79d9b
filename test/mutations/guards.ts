import { accessGuards } from './access.ts'
import { boardGuards } from './board.ts'
import { chatGuards } from './chat.ts'
import { hookGuards } from './hooks.ts'
import { runnerGuards } from './runners.ts'

export const guards = [...accessGuards, ...boardGuards, ...chatGuards, ...hookGuards, ...runnerGuards]
