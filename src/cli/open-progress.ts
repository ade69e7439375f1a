import type { WaitSettings } from '../apply/site.ts'
import { showEvents, showLines, showTree, type Progress } from '../output/progress.ts'
import type { Io } from './io.ts'

/** Flags that say what a run waits for and how that is shown. */
export interface WaitFlags {
  wait?: string | undefined
  'wait-for-jobs'?: boolean | undefined
  timeout?: number | undefined
  'rollback-on-failure'?: boolean | undefined
  'no-hooks'?: boolean | undefined
  events?: string | undefined
  color?: string | undefined
}

/** Shows progress on standard error: as a tree to a person, else as lines or as JSON. */
export function openProgress(flags: WaitFlags, io: Io): Progress {
  const write = (text: string): void => io.err(text)
  if (flags.events === 'jsonl') return showEvents({ write, now: () => io.now() })
  if (!io.isErrTerminal || io.env['CI'] || io.env['TERM'] === 'dumb') return showLines({ write })
  return showTree({
    write,
    columns: () => io.columns,
    rows: () => io.rows,
    isColored: flags.color === 'always' || (flags.color !== 'never' && !io.env['NO_COLOR']),
    now: () => io.now(),
  })
}

/**
 * What `--timeout 0` means, in milliseconds.
 *
 * Source: Helm 4.1.4 pkg/kube/statuswait.go, DefaultStatusWatcherTimeout.
 */
const WITHOUT_TIME = 30_000

/** What a run waits for. Source: Helm 4.1.4 pkg/cmd/flags.go, pkg/action/install.go. */
export function waitSettings(flags: WaitFlags, { onProgress }: Progress): WaitSettings {
  const jobs = flags['wait-for-jobs'] === true
  return {
    timeout: flags.timeout === 0 ? WITHOUT_TIME : (flags.timeout ?? 300_000),
    areHooksOff: flags['no-hooks'] === true,
    onProgress,
    rules: rulesOf(flags, jobs),
  }
}

function rulesOf(flags: WaitFlags, jobs: boolean): WaitSettings['rules'] {
  switch (flags.wait) {
    case 'watcher':
    case 'true':
      return { by: 'current', jobs }
    case 'legacy':
      return { by: 'legacy', jobs }
    default:
      // What is to be undone when it fails must be waited for.
      return flags['rollback-on-failure'] === true ? { by: 'current', jobs } : undefined
  }
}
