import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor'
import type { ApiItem } from './model.ts'

/** Reads the declarations in `folder` with a compiler of the extractor's own, so ours may be newer. */
export function extractApi(root: string, folder: string): readonly ApiItem[] {
  const said: string[] = []
  const file = path.join(folder, 'api.json')
  const config = ExtractorConfig.prepare({
    configObject: toConfig(root, folder, file),
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(root, 'package.json'),
  })
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true
      if (message.logLevel === ExtractorLogLevel.Error) said.push(message.formatMessageWithLocation(root))
    },
  })
  if (!succeeded) throw new Error(`The API could not be read:\n${said.join('\n')}`)
  return JSON.parse(readFileSync(file, 'utf8')).members[0].members
}

function toConfig(root: string, folder: string, apiJsonFilePath: string): IConfigFile {
  const entry = path.join(folder, 'index.d.ts')
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  }
  return {
    projectFolder: root,
    mainEntryPointFilePath: entry,
    newlineKind: 'lf',
    compiler: { overrideTsconfig: { compilerOptions, files: [entry] } },
    docModel: { enabled: true, apiJsonFilePath, includeForgottenExports: true },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      // What can be reached is listed, whether it has a name outside or not; release tags aren't ours.
      extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  }
}
