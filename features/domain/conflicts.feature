@behavior:conflicts
Feature: A conflict is refused, and the file stays as it is

  A deployment never overwrites what somebody else wrote. It refuses, names the entry, and leaves the file as it is, when the file
  holds an entry of the user's own under a name that the release has, too; when a managed entry was edited by hand; and when the
  file can't be read for certain. An edited entry may be replaced by asking for it; the user's own never is. An entry of the
  user's own that equals the release's is no conflict: it stays, and stays the user's.

  @priority:critical
  Rule: The user's own entry wins

    Scenario: An entry of the user's own under the same name is a conflict
      Given the file of "cursor" holds:
        """
        { "mcpServers": { "memory": { "command": "memory-server" } } }
        """
      And Priya has published cursor/work with "memory" and "time"
      When Omar deploys cursor/work
      Then it is refused: Configuration entry conflict
      And the findings are:
        | user_entry | /mcpServers/memory |
      And nothing has changed

    Scenario: Overwriting replaces no entry of the user's own
      Given the file of "cursor" holds:
        """
        { "mcpServers": { "memory": { "command": "memory-server" } } }
        """
      And Priya has published cursor/work with "memory"
      When Omar deploys cursor/work and overwrites what was edited
      Then it is refused: Configuration entry conflict
      And nothing has changed

    Scenario: An equal entry of the user's own is kept
      Given the file of "cursor" holds:
        """
        {
          "mcpServers": {
            "memory": { "type": "stdio", "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"] }
          }
        }
        """
      And Priya has published cursor/work with "memory"
      When Omar deploys cursor/work
      Then it has written nothing, removed nothing and kept "memory"
      And the file of "cursor" has not been touched

    Scenario: An equal entry of the user's own is never removed
      Given the file of "cursor" holds:
        """
        {
          "mcpServers": {
            "memory": { "type": "stdio", "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"] }
          }
        }
        """
      And Omar has deployed cursor/work with "memory"
      And Priya has withdrawn everything from cursor/work
      When Omar deploys cursor/work
      Then it has written nothing, removed nothing and kept nothing
      And the file of "cursor" has not been touched

  @priority:high
  Rule: A managed entry that was edited is replaced only on request

    Scenario: An edited entry is a conflict
      Given Omar has deployed cursor/work with "memory"
      And Priya has edited "memory" in the file of "cursor"
      And Priya has published cursor/work again with "time" as well
      When Omar deploys cursor/work
      Then it is refused: Configuration entry conflict
      And the findings are:
        | edited_entry | /mcpServers/memory |

    Scenario: An edited entry is replaced when that is asked for
      Given the file of "cursor" already holds settings and a server of Priya's own
      And Omar has deployed cursor/work with "memory"
      And Priya has edited "memory" in the file of "cursor"
      When Omar deploys cursor/work and overwrites what was edited
      Then it has written "memory", removed nothing and kept nothing
      And the file of "cursor" now starts "memory" with the package "@modelcontextprotocol/server-memory"

    Scenario: An edited entry that the release no longer has is a conflict, too
      Given Omar has deployed cursor/work with "memory"
      And Priya has edited "memory" in the file of "cursor"
      And Priya has withdrawn everything from cursor/work
      When Omar deploys cursor/work
      Then it is refused: Configuration entry conflict
      And nothing has changed

    Scenario: A dry run is refused for the same reasons
      Given Omar has deployed cursor/work with "memory"
      And Priya has edited "memory" in the file of "cursor"
      When Omar deploys cursor/work as a dry run
      Then it is refused: Configuration entry conflict
      And nothing has changed

  @priority:high
  Rule: A file that can't be read for certain is never written

    Scenario Outline: A file that <is wrong> is left as it is
      Given the file of "cursor" holds:
        """
        <text>
        """
      And Priya has published cursor/work with "memory"
      When Omar deploys cursor/work
      Then it is refused: Configuration file unreadable
      And nothing has changed

      Examples:
        | is wrong              | text                                                       |
        | breaks off            | { "mcpServers": {                                          |
        | says a name twice     | { "mcpServers": { "notes": {}, "notes": {} } }             |
        | has a comment in JSON | { "mcpServers": {} } // cursor reads strict JSON           |
        | has a list of servers | { "mcpServers": [] }                                       |
