import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.ts'
import { completionScript, SHELLS } from '../cli/completion-scripts.ts'
import { PkgError } from '../base/errors.ts'

export default class Completion extends BaseCommand {
  static override summary = 'Print a script that completes commands, flags and names in a shell.'

  static override description = `
kubectl completes "kubectl pkg" by itself when kubectl_complete-pkg is on the PATH and
kubectl's own completion is loaded. The scripts printed here are for "kubectl-pkg".`

  static override examples = [
    'source <(kubectl-pkg completion bash)',
    'kubectl-pkg completion fish > ~/.config/fish/completions/kubectl-pkg.fish',
  ]

  static override args = {
    shell: Args.string({ required: true, description: 'bash, zsh, fish or powershell.' }),
  }

  static override flags = {
    'no-descriptions': Flags.boolean({ summary: 'Complete words without what they mean.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Completion)
    const shell = SHELLS.find((name) => name === args.shell)
    if (shell === undefined) {
      throw new PkgError('USAGE', `there is no completion for shell "${args.shell}"`, {
        hint: `Choose one of ${SHELLS.join(', ')}.`,
      })
    }
    this.io.out(completionScript(shell, !flags['no-descriptions']))
  }
}
