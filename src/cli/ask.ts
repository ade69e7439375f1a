import type { Io } from './io.ts'

/** Questions to a person, or the lines of standard input in their place. */
export interface Questions {
  /** @param isSecret what is typed does not show */
  ask(prompt: string, isSecret?: boolean): Promise<string>
}

/** Asks at the terminal; without one, every question takes the next line of standard input. */
export function openQuestions(io: Io): Questions {
  let lines: string[] | undefined
  return {
    async ask(prompt, isSecret = false) {
      io.err(prompt)
      if (process.stdin.isTTY) return askTerminal(io, isSecret)
      lines ??= io.stdin().toString('utf8').split(/\r?\n/)
      return lines.shift() ?? ''
    },
  }
}

const INTERRUPT = '\u0003'
const END = '\u0004'
const ERASE = ['\u007f', '\b']

/** Reads one line key by key, so that a secret can be kept off the screen. */
function askTerminal(io: Io, isSecret: boolean): Promise<string> {
  const { stdin } = process
  return new Promise((resolve) => {
    let text = ''
    const finish = () => {
      stdin.off('data', read).setRawMode(false).pause()
      io.err('\n')
      resolve(text)
    }
    const read = (keys: Buffer) => {
      for (const key of keys.toString('utf8')) {
        if (key === INTERRUPT) {
          finish()
          process.kill(process.pid, 'SIGINT')
        }
        if (key === '\r' || key === '\n' || key === END) return finish()
        if (ERASE.includes(key)) text = text.slice(0, -1)
        else text += key
        if (!isSecret) io.err(ERASE.includes(key) ? '\b \b' : key)
      }
    }
    stdin.setRawMode(true).resume().on('data', read)
  })
}
