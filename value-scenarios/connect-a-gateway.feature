@behavior:value-gateway
Feature: A gateway puts the product beside other servers
  Omar has an aggregating MCP gateway, one address for many servers. He gives it the address of the product and a token of its own. Priya's
  client speaks to the gateway only, and finds the product's tools there under a name, beside those of the other servers. The gateway is
  the real mcp-hub.

  Rule: The guide is true

    @priority:high
    Scenario: Following the guide puts the product behind a gateway, beside a clock
      Given Omar has the product's commands, mcp-hub and mcp-remote
      When Omar follows "docs/how-to/connect-a-gateway.md"
      Then every command ends well
      And every output is the one that the guide shows
      And its entry for Claude Desktop leads to the tools of both servers
      And every file that it writes is used

  Rule: The gateway can do what its token may, and no more

    @priority:high
    Scenario: A revoked token ends the calls through the gateway
      Given Omar's gateway has the product and a clock behind it
      When Omar revokes the gateway's token
      Then no call to the product gets through any more
      And the clock still answers

    @priority:high
    Scenario: The tools of the token's scopes are offered beside those of the other server
      Given Omar's gateway has the product and a clock behind it
      When Priya lists the tools of the gateway
      Then these are offered:
        | clock__now                               |
        | orchestration__list_clients              |
        | orchestration__list_available_servers    |
        | orchestration__get_config                |
        | orchestration__diff_config               |
        | orchestration__validate_config           |
        | orchestration__add_server_to_config      |
        | orchestration__remove_server_from_config |

  Rule: What the product answers comes through unchanged

    @priority:high
    Scenario: A refusal comes through the gateway with its code
      Given Omar's gateway has the product and a clock behind it
      And Priya has added "memory" through it
      When Priya adds "memory" through it
      Then the refusal comes through with the code "server_already_in_draft"

    @priority:high
    Scenario: A change that came through the gateway is there at every door
      Given Omar's gateway has the product and a clock behind it
      When Priya adds "memory" through it
      Then the answer comes through with its data
      And the draft of cursor over HTTP holds "memory"
      And the audit log says that the gateway's token did it, over MCP

  Rule: The gateway needs no session

    @priority:medium
    Scenario: A restart of the product goes unnoticed behind the gateway
      Given Omar's gateway has the product and a clock behind it
      When Omar restarts the product's server
      Then the next call to the product gets through
