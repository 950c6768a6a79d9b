import { describe, expect, test } from 'vitest'
import { toPrompt } from '../../src/runner/prompt.ts'

describe('the prompt', () => {
  const task = {
    task_key: 'WEB-1',
    project_key: 'WEB',
    title: 'Fix the login',
    description: 'It fails on iPhones.',
    acceptance_criteria: ['Safari works'],
    feedback: [{ text: 'Blue, please', at: '2026-11-29T10:00:00.000Z' }],
    agent_instructions: 'Use tabs.',
  }
  const log = [{ title: 'WEB-1 · Blocked', detail: 'Which color?', at: '2026-11-28T10:00:00.000Z' }]
  const input = {
    task,
    objective: 'implement',
    attempt: 2,
    branch: 'task/web-1',
    hasRemote: false,
    log,
  } as const

  test('has the task, criteria, feedback, earlier attempts and the project’s instructions', () => {
    const prompt = toPrompt(input)

    for (const part of [
      'Fix the login',
      'It fails on iPhones.',
      '- Safari works',
      'Blue, please',
      'Which color?',
    ])
      expect(prompt).toContain(part)
    expect(prompt).toContain('Use tabs.')
    expect(prompt).toContain('push nothing')
    expect(prompt).toContain('on the branch `task/web-1`')
  })

  test('of a first attempt has no history', () => {
    expect(toPrompt({ ...input, attempt: 1 })).not.toContain('Which color?')
  })

  test.each([
    ['plan', 'preq_plan_task'],
    ['implement', 'preq_complete_task'],
    ['review', 'preq_review_task'],
  ] as const)('to %s names the tool that ends the run', (objective, tool) => {
    expect(toPrompt({ ...input, objective })).toContain(tool)
  })

  test('asks for a pull request if the project wants one', () => {
    const withStrategy = { ...task, deploy_strategy: { auto_pr: true, default_branch: 'main' } }

    expect(toPrompt({ ...input, task: withStrategy, hasRemote: true })).toContain('open a pull request')
  })
})
