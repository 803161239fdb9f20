/**
 * What must be gone when this process is: a door to the cluster, its child, its
 * directory. Runs at a normal end, after an exception that nobody caught, and on
 * signals, which then do what they do without us. Nothing helps against SIGKILL.
 */
const hooks = new Set<() => void>()
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** @returns takes the hook away again. It has to be synchronous. */
export function atExit(hook: () => void): () => void {
  if (hooks.size === 0) listen()
  hooks.add(hook)
  return () => {
    hooks.delete(hook)
    if (hooks.size === 0) unlisten()
  }
}

function listen(): void {
  process.on('exit', runAll)
  for (const signal of SIGNALS) process.on(signal, onSignal)
}

function unlisten(): void {
  process.off('exit', runAll)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}

function runAll(): void {
  for (const hook of hooks) {
    try {
      hook()
    } catch {
      // The next one has to run in any case.
    }
  }
  hooks.clear()
}

function onSignal(signal: NodeJS.Signals): void {
  runAll()
  unlisten()
  process.kill(process.pid, signal)
}
