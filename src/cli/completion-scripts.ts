/** Shells that have a completion script. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell'

/**
 * A script that completes `kubectl-pkg` in a shell.
 *
 * For `kubectl pkg` kubectl's own completion runs `kubectl_complete-pkg`, which these
 * scripts ask too.
 *
 * @param describes whether words come with what they mean
 */
export function completionScript(shell: Shell, describes = true): string {
  const script = SCRIPTS[shell]
  return describes ? script : WITHOUT_DESCRIPTIONS[shell](script)
}

const BASH = `# bash completion for kubectl-pkg
_kubectl_pkg() {
  local line reply
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) compopt -o default 2>/dev/null ;;
      :2) compopt -o default -o nospace 2>/dev/null ;;
      :*) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(kubectl_complete-pkg "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _kubectl_pkg kubectl-pkg
`

const ZSH = `#compdef kubectl-pkg
_kubectl_pkg() {
  local line
  local -a found ending
  while IFS= read -r line; do
    case "$line" in
      :0) (( \${#found} )) || _files ;;
      :2) (( \${#found} )) && ending=(-S '') || _files ;;
      :*) ;;
      *) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done < <(kubectl_complete-pkg "\${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe 'kubectl-pkg' found $ending
}
compdef _kubectl_pkg kubectl-pkg
`

const FISH = `# fish completion for kubectl-pkg
function __kubectl_pkg
    set -l words (commandline -opc) (commandline -ct)
    set -l found (kubectl_complete-pkg $words[2..-1] 2>/dev/null)
    string match -v -r '^:\\d+$' -- $found
    string match -q -r '^:[02]$' -- $found; and __fish_complete_path (commandline -ct)
end
complete -c kubectl-pkg -f -a '(__kubectl_pkg)'
`

const POWERSHELL = `# PowerShell completion for kubectl-pkg
Register-ArgumentCompleter -Native -CommandName kubectl-pkg -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
  if ($wordToComplete -eq '') { $words += '' }
  kubectl_complete-pkg @words 2>$null | Where-Object { $_ -notmatch '^:\\d+$' } | ForEach-Object {
    $word, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
  }
}
`

const SCRIPTS: Record<Shell, string> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL }

/** How a script is changed so that it leaves descriptions out; bash shows none. */
const WITHOUT_DESCRIPTIONS: Record<Shell, (script: string) => string> = {
  bash: (script) => script,
  zsh: (script) =>
    script
      .replace(/found\+=\(.*\) ;;/, () => `found+=("\${line%%$'\\t'*}") ;;`)
      .replace("_describe 'kubectl-pkg' found $ending", 'compadd $ending -a found'),
  fish: (script) => script.replace('-- $found\n', "-- $found | string replace -r '\\t.*' ''\n"),
  powershell: (script) =>
    script.replace('if (-not $description) { $description = $word }', '$description = $word'),
}
