/** Name of the lock that the one process holds which polls, notifies and runs the jobs. */
export const leaderLock = 'preqbot:leader'
