/** Example values by property name or `Component.name`. A value that doesn't fit the property's schema is ignored. */
export const values: Readonly<Record<string, unknown>> = {
  'Task.id': 'WEB-12',
  'CompactTask.id': 'WEB-12',
  'Event.id': '4711',
  'Event.eventType': 'TASK_COMPLETED',
  'Event.entityType': 'task',
  'Event.entityId': 'WEB-12',
  'Event.payload': { title: 'Fix the login redirect after sign-out', actor: 'agent:Claude Code' },
  'Label.name': 'auth',
  'Label.color': 'blue',
  'Project.name': 'Web shop',
  'Project.status': 'active',
  'Project.priority': 2,
  'Project.description': null,
  'WorkLog.title': 'Upgraded the test runner',
  'WorkLog.detail': 'All suites pass on Node 24.',
  'NewWorkLog.title': 'Upgraded the test runner',
  'NewTask.title': 'Fix the login redirect after sign-out',
  'Health.checks': { database: true, telegram: true, leader: true },
  acceptance_criteria: ['Sign-out lands on the start page', 'A test covers it'],
  agent_instructions: 'Run npm test before you finish.',
  assignee: 'ada',
  bgImage: null,
  bgImageCredit: null,
  blocked_reason: null,
  branch: 'task/web-12/fix-the-login-redirect-after-sign-out',
  branch_name: 'task/web-12/fix-the-login-redirect-after-sign-out',
  commit_on_review: true,
  default_branch: 'main',
  deletedAt: null,
  deploy_auto_pr: 'true',
  deploy_commit_on_review: 'true',
  deploy_default_branch: 'main',
  deploy_squash_merge: 'true',
  deploy_strategy: 'feature_branch',
  description:
    'Happens on Safari only.\n\n## Acceptance Criteria\n\n- [ ] Sign-out lands on the start page\n- [ ] A test covers it',
  due_at: null,
  engine: 'claude-code',
  focused_at: null,
  labels: ['auth'],
  next_cursor: null,
  nextCursor: '4711',
  priority: 'high',
  project_key: 'WEB',
  projectKey: 'WEB',
  repo: 'https://github.com/ada/web-shop',
  repoUrl: 'https://github.com/ada/web-shop',
  run_state: null,
  run_state_updated_at: null,
  status: 'todo',
  strategy: 'feature_branch',
  summary: 'Sign-out clears the session cookie before it redirects.',
  task_key: 'WEB-12',
  task_number: 12,
  task_prefix: 'WEB',
  text: 'Please cover Firefox as well.',
  title: 'Fix the login redirect after sign-out',
  vercelUrl: null,
}

interface Example {
  /** The query string of a GET. */
  readonly query?: string
  readonly body?: object
  /** Overrides for the response's `task`. */
  readonly task?: object
  /** The list property and the component its rows show. */
  readonly rows?: { readonly name: string; readonly of: string }
}

/** Overrides per endpoint, by method and path. */
export const examples: Readonly<Record<string, Example>> = {
  'POST /api/tasks/claim': {
    body: { engine: 'claude-code', wait: 50 },
    task: { run_state: 'working', run_state_updated_at: '2026-11-24T09:00:00.000Z' },
  },
  'GET /api/tasks': {
    query: 'status=todo&compact=1&limit=20',
    rows: { name: 'tasks', of: 'CompactTask' },
  },
  'POST /api/tasks': {
    body: {
      title: 'Fix the login redirect after sign-out',
      repo: 'ada/web-shop',
      description: 'Happens on Safari only.',
      priority: 'high',
      labels: ['auth'],
      acceptance_criteria: ['Sign-out lands on the start page', 'A test covers it'],
    },
    task: { status: 'inbox', engine: null, latest_preq_result: null, feedback: [] },
  },
  'PATCH /api/tasks/{id}': {
    body: {
      lifecycle_action: 'complete',
      result: {
        summary: 'Sign-out clears the session cookie before it redirects.',
        tests: '148 passed, 2 new',
        pr_url: 'https://github.com/ada/web-shop/pull/52',
      },
    },
    task: { status: 'ready', feedback: [] },
  },
  'POST /api/questions': {
    body: {
      task: 'WEB-12',
      question: 'Which currency should the cart show?',
      options: ['Euro', 'Dollar'],
      timeout_s: 3600,
      wait: 50,
      key: 'currency-1',
    },
  },
  'POST /api/runners': {
    body: {
      name: 'mac',
      host: 'studio.local',
      engines: ['claude-code', 'codex'],
      projects: ['WEB'],
      max: 2,
      busy: 0,
      runs: [],
      wait: 25,
    },
  },
  'PATCH /api/runs/{id}': {
    body: { usage: { input_tokens: 80_000, output_tokens: 4_000, cost_usd: 0.42 }, files: 5 },
  },
  'GET /api/questions/{id}': { query: 'wait=50' },
  'PATCH /api/tasks/{id}/status': { body: { status: 'todo' } },
  'GET /api/events': { query: 'after=4710&wait=50' },
  'GET /api/work-logs': { query: 'task=WEB-12' },
  'POST /api/work-logs': {
    body: { title: 'Upgraded the test runner', detail: 'All suites pass on Node 24.', project_key: 'WEB' },
  },
}
