@behavior:comparing
Feature: A comparison tells whether a configuration is the one that is published

  Whoever has a configuration, as a payload or by its artifact id, can ask how the latest release of a profile differs from it. It
  is "up-to-date" when it equals the latest release, "outdated" when it equals an earlier one, and "diverged" when it equals none:
  then somebody has changed it on the way. The difference reads from theirs to the release.

  @priority:medium
  Rule: A comparison needs two sides

    Scenario: Comparing with nothing is refused
      Given Priya has published cursor/work with "memory"
      When Priya compares cursor/work with nothing
      Then it is refused: Invalid request
      And the findings are:
        | required | /local_payload |

    Scenario: Comparing with an artifact that was never made is refused
      Given Priya has published cursor/work with "memory"
      When Priya compares cursor/work with an artifact that was never made
      Then it is refused: Artifact not found

  @priority:medium
  Rule: The answer tells an old configuration from a changed one

    Scenario: What equals the latest release is up to date
      Given Priya has published cursor/work with "memory"
      When Priya compares cursor/work with the artifact of release 1
      Then it is "up-to-date", with nothing added and nothing removed

    Scenario: What equals an earlier release is outdated
      Given Priya has published cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well
      When Priya compares cursor/work with the artifact of release 1
      Then it is "outdated", with "time" added and nothing removed

    Scenario: What equals no release has diverged
      Given Priya has published cursor/work with "memory"
      When Priya compares cursor/work with:
        """
        {
          "mcpServers": {
            "memory": { "type": "stdio", "command": "memory-server", "args": [], "env": {} },
            "notes":  { "type": "stdio", "command": "notes-server", "args": [], "env": {} }
          }
        }
        """
      Then it is "diverged", with nothing added and "notes" removed
      And the server "memory" differs in:
        | /args    | []              | ["-y","@modelcontextprotocol/server-memory"] |
        | /command | "memory-server" | "npx"                                        |
