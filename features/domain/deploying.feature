@behavior:deploying
Feature: Deploying writes a release into the client's own file and leaves all else alone

  A client reads its servers from a file in the home folder, in a shape of its own. Deploying writes the latest release of a
  profile there, or an earlier one. The entries that it writes are managed from then on; everything else in the file is the
  user's and stays byte for byte, comments and line ends included. What is replaced is kept as a backup. One profile of a client
  is deployed at a time: another one takes its place, and an empty release takes out all that was managed. Deploying what stands
  there already writes nothing. A dry run shows what would change, as a difference of the managed entries, and writes nothing.

  Priya publishes, Omar deploys.

  @priority:high
  Rule: Only what was published can be deployed

    Scenario: Deploying a draft that was never published is refused
      Given the file of "cursor" already holds settings and a server of Priya's own
      And the draft of cursor/work holds "memory"
      When Omar deploys cursor/work
      Then it is refused: Nothing published
      And nothing has changed

  @priority:critical
  Rule: A deployment leaves alone what it did not write

    Scenario: The entries of the release are set beside the user's own
      Given the file of "cursor" holds:
        """
        {
          "telemetry":  false,
          "mcpServers": {
            "notes": { "command": "notes-server", "args": [ "--vault", "~/Notizbücher" ] }
          }
        }
        """
      And Priya has published cursor/work with "memory"
      When Omar deploys cursor/work
      Then it has written "memory", removed nothing and kept nothing
      And the file of "cursor" now holds:
        """
        {
          "telemetry":  false,
          "mcpServers": {
            "notes": { "command": "notes-server", "args": [ "--vault", "~/Notizbücher" ] },
            "memory": {
              "type": "stdio",
              "command": "npx",
              "args": [
                "-y",
                "@modelcontextprotocol/server-memory"
              ]
            }
          }
        }
        """

    Scenario: Comments and trailing commas stay where the client allows them
      Given the file of "zed" holds:
        """
        {
          // Priya likes it dark.
          "theme": "One Dark",
          "context_servers": {
            "notes": { "command": "notes-server", "args": [] }, // her own
          },
        }
        """
      And Priya has published zed/work with "memory"
      When Omar deploys zed/work
      Then the file of "zed" now holds:
        """
        {
          // Priya likes it dark.
          "theme": "One Dark",
          "context_servers": {
            "notes": { "command": "notes-server", "args": [] }, // her own
            "memory": {
              "command": "npx",
              "args": [
                "-y",
                "@modelcontextprotocol/server-memory"
              ]
            },
          },
        }
        """

    Scenario: What is replaced is kept as a backup
      Given the file of "cursor" already holds settings and a server of Priya's own
      And Priya has published cursor/work with "memory"
      When Omar deploys cursor/work
      Then the backup holds what the file of "cursor" held before

    Scenario: A file that is not there yet is made
      Given Priya has published cursor/work with "memory"
      When Omar deploys cursor/work
      Then it has written "memory", removed nothing and kept nothing
      And the file of "cursor" now has the servers "memory"
      And there is no backup

  @priority:high
  Rule: A dry run writes nothing

    Scenario: A dry run shows what a deployment would change
      Given the file of "cursor" already holds settings and a server of Priya's own
      And Priya has published cursor/work with "memory"
      When Omar deploys cursor/work as a dry run
      Then it would have written "memory", removed nothing and kept nothing
      And the difference adds "@modelcontextprotocol/server-memory" and shows nothing of "notes"
      And nothing has changed

  @priority:high
  Rule: The managed entries are those of the release that was deployed last

    Scenario: Deploying again writes nothing
      Given Omar has deployed cursor/work with "memory"
      When Omar deploys cursor/work
      Then it has written nothing, removed nothing and kept "memory"
      And there is no backup
      And the file of "cursor" has not been touched

    Scenario: The next release takes out what it no longer has
      Given the file of "cursor" already holds settings and a server of Priya's own
      And Omar has deployed cursor/work with "memory" and "time"
      And Priya has removed "time" and published cursor/work again
      When Omar deploys cursor/work
      Then it has written nothing, removed "time" and kept "memory"
      And the file of "cursor" now has the servers "notes" and "memory"

    Scenario: Another profile takes the place of the one before
      Given the file of "cursor" already holds settings and a server of Priya's own
      And Omar has deployed cursor/work with "memory"
      And Priya has published cursor/home with "time"
      When Omar deploys cursor/home
      Then it has written "time", removed "memory" and kept nothing
      And the file of "cursor" now has the servers "notes" and "time"

    Scenario: An empty release takes out all that was managed
      Given the file of "cursor" already holds settings and a server of Priya's own
      And Omar has deployed cursor/work with "memory"
      And Priya has withdrawn everything from cursor/work
      When Omar deploys cursor/work
      Then it has written nothing, removed "memory" and kept nothing
      And the file of "cursor" is byte for byte what it was before the first deployment

  @priority:medium
  Rule: Each client is given its servers in a way that it understands

    Scenario: A client that only starts processes reaches a remote server through mcp-remote
      Given Priya has published claude-desktop/work with "linear"
      When Omar deploys claude-desktop/work
      Then the file of "claude-desktop" now holds:
        """
        {
          "mcpServers": {
            "linear": {
              "command": "npx",
              "args": [
                "-y",
                "mcp-remote",
                "https://mcp.linear.app/mcp"
              ]
            }
          }
        }
        """

    Scenario: The same release is written in each client's own shape
      Given Priya has published vscode/work with "linear"
      When Omar deploys vscode/work
      Then the file of "vscode" now holds:
        """
        {
          "servers": {
            "linear": {
              "type": "http",
              "url": "https://mcp.linear.app/mcp"
            }
          }
        }
        """
