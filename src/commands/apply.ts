import * as Args from '@oclif/core/args'
import { PkgError } from '../base/errors.ts'
import { lockFlags, outputFlag, undoFlag, waitFlags } from '../cli/flags.ts'
import { readPlanFile } from '../cli/plan-file.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { applyPlanFile } from '../actions/apply-plan-file.ts'
import { releaseDocument, viewDeployed } from '../output/deployed-view.ts'

export default class Apply extends ReleaseCommand {
  static override summary = 'Carry out a plan that "plan -o FILE" wrote, and exactly that.'

  static override description = `
Nothing is written when the release has another revision by now, or an object that the plan
touches was changed, made or removed: every one that moved is named, and a new plan is needed.
What was asked for when the plan was made counts; here it can only be said how to wait.`

  static override examples = ['<%= config.bin %> apply web.plan.json --wait']

  static override args = {
    file: Args.string({ required: true, description: 'The file, or - for standard input.' }),
  }

  static override flags = { ...lockFlags(), ...waitFlags(), ...undoFlag(), ...outputFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply)
    const document = readPlanFile(args.file, this.io)
    const { namespace } = document.release
    if (flags.namespace !== undefined && flags.namespace !== namespace) {
      const other = `the plan is for namespace "${namespace}", not "${flags.namespace}"`
      throw new PkgError('PLAN_INVALID', other, {
        hint: 'Leave --namespace and HELM_NAMESPACE out, or make a new plan.',
      })
    }
    const connections = await this.openConnections({ ...flags, namespace })
    const deployed = await applyPlanFile(connections, document, {
      rollbackOnFailure: flags['rollback-on-failure'],
    })

    if (flags.output !== 'table') {
      const shown = releaseDocument(deployed.release, { hideSecrets: true })
      return this.print(flags.output, shown, String)
    }
    const { name } = document.release
    const outcome = deployed.isRecorded ? 'is as planned' : 'is unchanged'
    this.io.out(`Release "${name}" ${outcome}.\n`)
    this.io.out(viewDeployed(deployed))
  }
}
