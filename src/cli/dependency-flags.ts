import * as Flags from '@oclif/core/flags'
import { serverFlags, verifyFlags } from './source-flags.ts'

/** How dependencies are fetched. */
export const dependencyFlags = {
  ...verifyFlags(),
  ...serverFlags(),
  'skip-refresh': Flags.boolean({
    summary: 'Go by the indexes that were fetched earlier, where there are any.',
  }),
}
