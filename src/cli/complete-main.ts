import { dirname, join } from 'node:path'
import { complete } from './complete.ts'
import { foldersOf } from './home-folders.ts'

/** The executable `kubectl_complete-pkg`, which kubectl and our shell scripts ask. */
async function main(): Promise<void> {
  const root = dirname(__dirname)
  const { env } = process
  const { config, cache } = foldersOf(env)
  const text = await complete(process.argv.slice(2), {
    root,
    env,
    charts: {
      repositoriesFile: env['HELM_REPOSITORY_CONFIG'] ?? join(config, 'repositories.yaml'),
      indexFolder: env['HELM_REPOSITORY_CACHE'] ?? join(cache, 'repositories'),
      addonsFolder: join(root, 'charts'),
    },
  })
  process.stdout.write(text)
}

// Whatever is printed besides ends up between a person's words.
main().catch(() => process.stdout.write(':4\n'))
