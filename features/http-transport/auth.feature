@behavior:http-transport-auth
Feature: Every request proves who sends it

  A request to /v1 or /mcp carries one credential, in one of two ways:

    Authorization: Bearer <token>     a token that mcp-orchestration-generate-token made
    X-API-Key: <key>                  the key in the server's environment variable MCP_ORCHESTRATION_API_KEY

  Without one, or with one that isn't known, the answer is 401 and says how to do better; nothing happens on the server.
  The server counts the uses of each token and remembers the last one.
  Priya holds a token. Omar runs the server. Mallory has neither token nor key.

  Rule: Without a valid credential nothing is told and nothing is changed

    @priority:critical
    Scenario: A request without credentials is refused
      Given Priya holds a token for the running server
      And the draft of cursor/work holds "memory"
      When Mallory calls every endpoint, an unknown one and "/mcp" without credentials
      Then each is refused with 401 Authentication required
      And each asks for a bearer token without calling one invalid
      And nothing has changed

    @priority:critical
    Scenario: A wrong bearer token is refused
      Given Priya holds a token for the running server
      And the draft of cursor/work holds "memory"
      When Mallory clears the draft of cursor/work with a token she made up
      Then it is refused with 401 Invalid authentication credentials
      And it is told apart from a missing one by the error "invalid_token"
      And nothing has changed

    @priority:medium
    Scenario: A wrong API key is refused
      Given the server runs with an API key in its environment
      When Mallory tries keys that are short, long, nearly right and not even text
      Then each is refused with 401 Invalid authentication credentials
      And the refusals don't tell one wrong key from another
      And nothing has changed

  Rule: A valid credential opens every endpoint

    @priority:high
    Scenario: A valid bearer token is accepted
      Given Priya holds a token for the running server
      And Mallory has been refused with tokens that are nearly hers, and with hers beside a key
      When Priya lists the clients
      Then it is answered with 200
      And her token counts this one use and no other

    @priority:high
    Scenario: The API key of the environment is accepted
      Given the server runs with an API key in its environment
      When Omar lists the clients with that API key
      Then it is answered with 200

  Rule: The use of a token is recorded

    @priority:medium
    Scenario: The first use of a token is recorded
      Given Priya holds a token for the running server
      And her token has never been used
      When Priya lists the clients
      Then her token was used once, while she listed them
      And it is answered with 200
