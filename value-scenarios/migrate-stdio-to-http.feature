@behavior:value-migrate
Feature: A client moves from stdio to HTTP
  Priya's clients start the stdio server by themselves. She puts a second entry beside the first, finds her draft at the other door, and
  takes the first one out, or goes back: no state is converted, since both doors lead to one store.

  Rule: The guide is true

    @priority:high
    Scenario: Following the guide puts HTTP beside stdio, on one store, and goes back
      Given Priya has the product's commands
      When Priya follows "docs/how-to/migrate-stdio-to-http.md"
      Then every command ends well
      And every output is the one that the guide shows
      And every client that the product knows has an entry in it, and no other
      And every file that it writes is used

  Rule: Each client's file in the guide is the one that a deployment writes, and leads to the tools

    @priority:high
    Scenario Outline: <client> finds the tools by its entry
      Given Omar's server runs, and Priya holds a token to read and write
      When Priya starts "<client>" with its entry of "docs/how-to/migrate-stdio-to-http.md", where "<place>" becomes her token
      Then it is offered the tools that look and draft
      And the file is the one that a deployment of both entries writes

      Examples:
        | client             | place                          |
        | Amp                | YOUR_TOKEN                     |
        | Claude Code        | ${MCP_ORCHESTRATION_TOKEN}     |
        | Claude Desktop     | YOUR_TOKEN                     |
        | Cline              | ${env:MCP_ORCHESTRATION_TOKEN} |
        | Crush              | ${MCP_ORCHESTRATION_TOKEN}     |
        | Cursor             | ${env:MCP_ORCHESTRATION_TOKEN} |
        | Gemini CLI         | ${MCP_ORCHESTRATION_TOKEN}     |
        | GitHub Copilot CLI | YOUR_TOKEN                     |
        | Junie              | YOUR_TOKEN                     |
        | Kilo Code          | {env:MCP_ORCHESTRATION_TOKEN}  |
        | Kiro               | ${MCP_ORCHESTRATION_TOKEN}     |
        | LM Studio          | YOUR_TOKEN                     |
        | OpenCode           | {env:MCP_ORCHESTRATION_TOKEN}  |
        | Roo Code           | ${env:MCP_ORCHESTRATION_TOKEN} |
        | VS Code            | ${input:orchestration-token}   |
        | VS Code Insiders   | ${input:orchestration-token}   |
        | Windsurf           | ${env:MCP_ORCHESTRATION_TOKEN} |
        | Zed                | YOUR_TOKEN                     |
