import { DomainError } from '../../domain/errors.ts'
import type { Caller } from './caller.ts'

/** The words of a tool's failure: what happened, and what to do next. */
export function toolErrorText(error: unknown, caller: Caller): string {
  if (error instanceof DomainError) return `${error.message} ${nextStep(error)}`
  caller.log.error({ err: error, requestId: caller.requestId }, 'a tool failed')
  return `Something unexpected happened (request ${caller.requestId}). Try again once; if it stays, tell the owner this id.`
}

function nextStep({ code, facts }: DomainError): string {
  switch (code) {
    case 'not-found':
      return 'reference' in facts
        ? 'Call preq_list_tasks to see which tasks there are.'
        : 'Call preq_list_projects to see which projects there are.'
    case 'conflict':
      return afterConflict(facts)
    case 'in-use':
      return 'Choose another name and call again.'
    case 'invalid':
      return 'Correct the arguments and call again.'
  }
}

function afterConflict(facts: DomainError['facts']): string {
  if ('missing' in facts) {
    return 'Push the branch, open the pull request, then call preq_complete_task again with branchName and prUrl.'
  }
  if ('runner' in facts) return 'Call preq_claim_task to get one that is free.'
  const { action, status } = facts
  if (action === 'complete' && status === 'inbox') {
    return 'Call preq_plan_task first: it plans the task and moves it to todo.'
  }
  if (action === 'complete' && status === 'ready') {
    return 'It is completed already: verify it and call preq_review_task, or leave it to the owner.'
  }
  if (action === 'review') return 'Call preq_complete_task first; review is for tasks that are ready.'
  if (status === 'done' || status === 'archived') {
    return 'The task is closed: leave it, or reopen it with preq_update_task_status if the owner asked for that.'
  }
  return 'Call preq_get_task to see how it is now, then decide again.'
}
