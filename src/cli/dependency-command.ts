import type { DependencyRequest, DependencyResult } from '../actions/dependencies.ts'
import { verifyFetched } from '../actions/verify-fetched.ts'
import { viewDependencyNotice } from '../output/dependencies-view.ts'
import { term } from '../output/term.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import { BaseCommand } from './base-command.ts'
import { openSite, type SiteFlags } from './open-site.ts'
import { accessOf, verifySettings } from './read-chart.ts'

interface Given extends SiteFlags {
  verify?: boolean
  keyring?: string | undefined
  'skip-refresh'?: boolean
  locked?: boolean
}

type FetchDependencies = (request: DependencyRequest, site: ChartSite) => Promise<DependencyResult>

/** A command that puts dependencies into charts/. */
export abstract class DependencyCommand extends BaseCommand {
  protected async fetch(folder: string, flags: Given, fetch: FetchDependencies): Promise<void> {
    const verify = await verifySettings(flags, this.io)
    const result = await fetch(
      {
        folder,
        query: { access: accessOf(flags), ...(verify && verifyFetched(verify)) },
        skipRefresh: flags['skip-refresh'],
        locked: flags.locked,
        onNotice: (notice) => this.io.out(`${term(viewDependencyNotice(notice))}\n`),
        now: () => new Date(this.io.now()),
      },
      openSite(flags, this.io),
    )
    const { dependencies, removed, isLockNew } = result
    if (dependencies.length === 0 && !isLockNew) return
    this.io.out(`Saving ${dependencies.length} charts\n`)
    if (removed.length > 0) this.io.out('Deleting outdated charts\n')
  }
}
