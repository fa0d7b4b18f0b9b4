import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { commandsOf, kindsOf } from '../../value-scenarios/support/guides/fences.ts'
import { fileOf, parseGuide, sectionOf, without } from '../../value-scenarios/support/guides/guide.ts'
import { fence } from './follow.ts'

function parse(markdown: string) {
  return parseGuide('guide.md', markdown)
}

/** What is wrong with the kinds of a guide's fences. */
function complaintAbout(markdown: string): string {
  try {
    kindsOf(parse(markdown))
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('A guide', () => {
  test('is its fences, with their heading and their line', () => {
    const [first, second, ...more] = parse(
      `# Top\n\n${fence('sh', 'a', 'b')}\n## The \`end\` of it\n\n- In a list\n\n  ${fence('js file=x/y.mjs', '  c').replace(/```\n$/, '  ```\n')}`,
    ).fences
    assert.deepEqual(more, [])
    assert.deepEqual(first, { language: 'sh', marks: [], text: 'a\nb', line: 4, height: 2, section: 'Top' })
    assert.deepEqual([second?.text, second?.line, second?.section], ['c', 13, 'The end of it'])
    assert.equal(second && fileOf(second), 'x/y.mjs')
  })

  test('has sections, and complains of one that holds nothing', () => {
    const guide = parse(`# One\n\n${fence('sh', 'a')}\n# Two\n\n${fence('sh', 'b')}`)
    assert.deepEqual(
      sectionOf(guide, 'Two').fences.map(({ text }) => text),
      ['b'],
    )
    assert.throws(() => sectionOf(guide, 'Three'), /guide\.md has no fence under the heading "Three"/)
  })

  test('can be followed without some of its fences, each of which must be there', () => {
    const guide = parse(fence('sh', 'npm test', 'more') + fence('sh', 'b'))
    assert.deepEqual(
      without(guide, ['npm test']).fences.map(({ text }) => text),
      ['b'],
    )
    assert.throws(() => without(guide, ['npm tset']), /no fence that begins with: npm tset/)
  })
})

describe('A fence', () => {
  test('is of a kind by its language and its mark', () => {
    const guide = parse(
      [
        fence('sh operating-system', 'systemctl status x'),
        fence('text operating-system', 'x'),
        fence('ini file=/etc/x', 'x'),
        fence('js browser', 'x'),
        fence('json', '{}'),
        fence('ts', 'x'),
        fence('text', 'x'),
        fence('sh', 'x'),
      ].join('\n'),
    )
    assert.deepEqual(
      [...kindsOf(guide).values()],
      ['operating-system', 'not-compared', 'file', 'browser', 'shown', 'program', 'shown', 'run'],
    )
  })

  for (const kind of ['', 'bash', 'js', 'yaml', 'sh not-run', 'js file=', 'text file=a file=b', 'ts browser'])
    test(`of the kind "${kind}" is refused, with its line`, () => {
      assert.match(
        complaintAbout(`Text\n\n${fence(kind, 'x')}`),
        /guide\.md:4: Nothing proves a fence of the kind/,
      )
    })

  test('that shows an output must follow what is run', () => {
    assert.match(
      complaintAbout(fence('json', '{}')),
      /guide\.md:2: The json fence shows the output of nothing/,
    )
    const twice = fence('sh', 'x') + fence('json', '{}') + fence('json', '{}')
    assert.match(complaintAbout(twice), /guide\.md:8: The json fence shows/)
    const ofTheSystem = fence('sh operating-system', 'systemctl status x') + fence('text', 'x')
    assert.match(complaintAbout(ofTheSystem), /guide\.md:5: The text fence shows/)
  })

  test('that is a file stays below the root', () => {
    assert.match(complaintAbout(fence('ini file=/etc/../../x', 'x')), /its path has no "\.\."/)
  })

  for (const [what, ...script] of [
    ['curl', 'curl http://127.0.0.1:8000/health'],
    ['mcp-orchestration', 'systemctl start x', 'mcp-orchestration tokens list'],
    ['mcp-orchestration', 'systemctl start x && mcp-orchestration tokens list'],
    ['mcp-orchestration', 'journalctl -u x | mcp-orchestration tokens list'],
    ['cat', 'sudo cat /etc/passwd'],
    ['-u', 'sudo -u mcp mcp-orchestration tokens list'],
    ['mcp-orchestration', 'systemctl start x & mcp-orchestration tokens list'],
    ['mcp-orchestration', "# don't", 'mcp-orchestration tokens list', "# it isn't"],
    ['mcp-orchestration', String.raw`systemctl \'; mcp-orchestration tokens list; systemctl \'`],
  ] as const)
    test(`of the operating system may not hold "${script.join('; ')}"`, () => {
      assert.match(
        complaintAbout(fence('sh operating-system', ...script)),
        new RegExp(`guide\\.md:2: "${what}" is no command of the operating system`),
      )
    })

  for (const script of [
    'sudo useradd "$(mcp-orchestration tokens list)"',
    'sudo useradd "`mcp-orchestration tokens list`"',
    'sudo install -m 600 <(mcp-orchestration tokens list) /etc/x',
    'journalctl > >(mcp-orchestration tokens list)',
  ])
    test(`of the operating system may not hide a command, as in: ${script}`, () => {
      assert.match(
        complaintAbout(fence('sh operating-system', script)),
        /guide\.md:2: A command stands within another/,
      )
    })

  test('of the operating system may hold its commands, in the forms that guides have', () => {
    const script = [
      '# as root',
      'sudo apt-get install \\',
      '  nginx caddy',
      "sudo systemctl enable --now 'x'; journalctl -u x",
      'journalctl -u x > x.log 2>&1; systemctl status x &> y.log; apt-get update >&2 &',
      'sudo useradd --system mcp && sudo chown mcp "/srv/a; b"',
    ]
    assert.equal(complaintAbout(fence('sh operating-system', ...script)), '')
    assert.deepEqual(commandsOf(script.join('\n')), [
      'apt-get',
      'systemctl',
      'journalctl',
      'journalctl',
      'systemctl',
      'apt-get',
      'useradd',
      'chown',
    ])
  })
})
