/** Shells that have a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

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
  local line word before words=() joined=
  # To bash ":" and "=" are words, and it completes what follows them.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $joined || $word == [:=]* ) ]]; then
      words[\${#words[@]} - 1]+="$word"
    else
      words+=("$word")
    fi
    [[ $word == *[:=] ]] && joined=1 || joined=
  done
  [[ $word == [:=]* ]] && word=
  before="\${words[\${#words[@]} - 1]}"
  before="\${before%"$word"}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) compopt -o default 2>/dev/null ;;
      :2) compopt -o default -o nospace 2>/dev/null ;;
      :*) ;;
      *)
        line="\${line%%$'\\t'*}"
        COMPREPLY+=("\${line#"$before"}")
        ;;
    esac
  done < <(kubectl_complete-pkg "\${words[@]}" 2>/dev/null)
}
complete -F _kubectl_pkg kubectl-pkg
`

const ZSH = `#compdef kubectl-pkg
_kubectl_pkg() {
  local line
  local -a found ending
  local -a typed=("\${(@)words[2,CURRENT]}")
  [[ $PREFIX == --*=* ]] && compset -P '*='
  [[ $PREFIX == dir:* ]] && compset -P 'dir:'
  while IFS= read -r line; do
    case "$line" in
      :0) (( \${#found} )) || _files ;;
      :2) (( \${#found} )) && ending=(-S '') || _files ;;
      :*) ;;
      *) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done < <(kubectl_complete-pkg "\${(@)typed}" 2>/dev/null)
  _describe 'kubectl-pkg' found "\${(@)ending}"
}
compdef _kubectl_pkg kubectl-pkg
`

const FISH = `# fish completion for kubectl-pkg
function __kubectl_pkg
    set -l words (commandline -opc) (commandline -ct)
    set -l found (kubectl_complete-pkg $words[2..-1] 2>/dev/null)
    set -l flag (string match -r -- '^--[^=]+=' (commandline -ct))
    string match -v -r '^:\\d+$' -- $found | string replace -r -- '^' "$flag"
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
      .replace(
        /_describe 'kubectl-pkg' found (.*)/,
        (_, ending: string) => `compadd ${ending} -a found`,
      ),
  fish: (script) => script.replace('-- $found |', "-- $found | string replace -r '\\t.*' '' |"),
  powershell: (script) =>
    script.replace('if (-not $description) { $description = $word }', '$description = $word'),
}
