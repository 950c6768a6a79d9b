import { DomainError } from '../../domain/core/errors.ts'
import type { Log } from '../../log.ts'

/** A refusal whose message is already complete, e.g. a replayed one. */
export class ToolRefusal extends Error {}

/** Returns the text of a tool's failure: what happened and what to do next. */
export function toolErrorText(
  error: unknown,
  caller: { readonly log: Log; readonly requestId: string },
): string {
  if (error instanceof ToolRefusal) return error.message
  if (error instanceof DomainError) return `${error.message} ${nextStep(error)}`
  caller.log.error({ err: error, requestId: caller.requestId }, 'tool failed')
  return `Something unexpected happened (request ${caller.requestId}). Try again once; if it fails again, give the owner this ID.`
}

function nextStep({ code, facts }: DomainError): string {
  switch (code) {
    case 'not-found':
      if ('labels' in facts) return 'Use one of these, or leave it out.'
      if ('commentId' in facts) return 'Call preq_list_task_comments to see the comments.'
      return 'reference' in facts
        ? 'Call preq_list_tasks to see the tasks.'
        : 'Call preq_list_projects to see the projects.'
    case 'conflict':
      return afterConflict(facts)
    case 'forbidden':
      return 'Leave it to the owner and go on with your own work.'
    case 'in-use':
      return 'Pick another name and call again.'
    case 'invalid':
      return 'Correct the arguments and call again.'
  }
}

function afterConflict(facts: DomainError['facts']): string {
  if ('missing' in facts) {
    return 'Push the branch, open the pull request, then call preq_complete_task again with branchName and prUrl.'
  }
  if ('idempotencyKey' in facts) return 'Then call again.'
  if ('stopped' in facts) return 'Stop working on it and call preq_claim_task for other work.'
  if ('runner' in facts) return 'Call preq_claim_task to get a free one.'
  const { action, status } = facts
  if (action === 'complete' && status === 'inbox') {
    return 'If you did the work, call preq_update_task_status with "todo", then preq_complete_task again. Don\'t plan what is done.'
  }
  if (action === 'complete' && status === 'ready') {
    return 'A result is recorded already. Nothing more to do; the owner decides.'
  }
  if (action === 'review') return 'Call preq_complete_task first; only ready tasks can be reviewed.'
  if (status === 'done' || status === 'archived') {
    return 'The task is closed. Leave it, or reopen it with preq_update_task_status if the owner asked you to.'
  }
  return 'Call preq_get_task to see its current state, then decide again.'
}
