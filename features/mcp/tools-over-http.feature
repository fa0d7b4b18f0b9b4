@behavior:mcp-tools
Feature: Agents that speak HTTP use the same ten tools

  An agent that runs on this machine starts the stdio server. Any other one, and every gateway, web app and remote client, finds the same
  tools and resources at one address of the HTTP server:

    POST http://127.0.0.1:8000/mcp
    Authorization: Bearer <token>

  Clients of the 2026-07-28 revision send each request by itself; clients of the revisions before it begin with a handshake. Both are
  answered there, and nothing is kept between two requests, so that a restart of the server goes unnoticed.
  Priya's agent holds a token. Omar's token is for reading only. Mallory has a web page, but no token.

  @priority:critical
  Rule: A token sees and calls the tools of its scopes, and no others

    Scenario: A tool beyond the scopes of the token is refused
      Given Priya holds a token for the running server
      And Omar holds a token for the scope "read"
      And the draft of cursor/work holds "memory"
      When Omar's agent calls remove_server_from_config with "memory" of cursor/work
      Then the tool fails for Insufficient scope
      And nothing has changed

    Scenario: A token for reading is offered the tools that read
      Given Priya holds a token for the running server
      And Omar holds a token for the scope "read"
      When Omar's agent lists the tools
      Then it is offered these tools alone:
        | list_clients           |
        | list_available_servers |
        | get_config             |
        | diff_config            |
        | validate_config        |

  @priority:high
  Rule: One address answers every revision of the protocol

    Scenario Outline: An agent of the revision <revision> adds a server
      Given Priya holds a token for the running server
      When Priya's agent of the revision "<revision>" adds "memory" to the draft of cursor/work
      Then the tool answers "added"
      And the draft of cursor/work now holds "memory"

      Examples:
        | revision   |
        | 2025-03-26 |
        | 2025-06-18 |
        | 2025-11-25 |
        | 2026-07-28 |

    Scenario: The 2025-03-26 revision sends several messages at once
      Given Priya holds a token for the running server
      When Priya's agent of the revision "2025-03-26" sends two pings in one batch
      Then both are answered in one batch

  @priority:high
  Rule: What is no message of the protocol gets the protocol's own error, and nothing happens

    Scenario Outline: <message> is refused with <status> and the code <code>
      Given Priya holds a token for the running server
      When Priya's agent sends <message>
      Then MCP refuses it with <status> and the code <code>
      And nothing has changed

      Examples:
        | message                                     | status | code   |
        | a message that breaks off in the middle     | 400    | -32700 |
        | a message that is no JSON-RPC               | 400    | -32600 |
        | a batch of the revision "2025-11-25"        | 400    | -32600 |
        | an empty batch                              | 400    | -32600 |
        | a call whose headers name another tool      | 400    | -32020 |
        | a call of a revision that does not exist    | 400    | -32022 |
        | a call in a session that was never opened   | 404    | -32001 |
        | a call with 5 MB of arguments               | 413    | -32000 |
        | a call as plain text                        | 415    | -32000 |
        | a method that does not exist                | 404    | -32601 |

  @priority:high
  Rule: A page that is not the server's own can't reach it

    Scenario: A page of another site is refused
      Given Priya holds a token for the running server
      When Mallory's page at "https://mallory.example" lists the tools with Priya's token
      Then it is refused with 403 Origin not allowed

    Scenario: A name that was made to lead to this machine is refused
      Given Priya holds a token for the running server
      When Mallory's page lists the tools under the name "mallory.example"
      Then it is refused with 403 Host not allowed

    Scenario: A page of the server's own host is let in
      Given Priya holds a token for the running server
      When Priya's page at "http://localhost:5173" lists the tools
      Then it is answered with 200
