import { run } from '@oclif/core/run'
import { handle } from '@oclif/core/handle'
import { flush } from '@oclif/core/flush'

/** Runs help, unknown commands and plugins through oclif. */
export async function runOclif(argv: string[], root: string): Promise<void> {
  try {
    await run(argv, root)
    await flush()
  } catch (error) {
    await handle(error as Error)
  }
}
