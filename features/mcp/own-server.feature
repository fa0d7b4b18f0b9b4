@behavior:mcp-host
Feature: A host puts an MCP server of its own behind the same door

  An app that has an MCP server, made with the SDK's v2 line, hands its factory over and gets all that stands around the ten tools:

    const transport = createHttpTransport({ mcpServer: () => createMyServer(), home: '/srv/my-app' })
    await transport.listen({ port: 8000 })

  Credentials, Host and Origin checks, both eras of the protocol, sessions for the one that has them, and an orderly stop.
  Priya and Omar hold tokens. The host's server has a tool "wait" that waits until it is told to stop.

  @priority:critical
  Rule: A session belongs to the credential that opened it

    Scenario: A session of somebody else is not found
      Given a host serves an MCP server of its own
      And Priya has opened a session
      When Omar calls a tool in Priya's session
      Then MCP refuses it with 404 and the code -32001

    Scenario: A session ends with its credential
      Given a host serves an MCP server of its own
      And Priya has opened a session with a stream
      And Omar has opened a session with a stream
      When Priya's token is revoked elsewhere
      Then Priya's stream ends within a second
      And Omar's stream goes on

  @priority:high
  Rule: In the new era a client that goes away cancels its call

    Scenario: A client that disconnects stops the tool
      Given a host serves an MCP server of its own
      And Priya's call of "wait" is going on
      When Priya disconnects
      Then the tool "wait" is told to stop

  @priority:high
  Rule: A stop ends what would stay open, and answers the rest

    Scenario: Open streams don't hold up the stop
      Given a host serves an MCP server of its own
      And Priya has opened a session with a stream
      And Priya listens for changes
      When the host stops
      Then every stream has ended, and the stop took less than a second

  @priority:medium
  Rule: Nothing else is served unless the host wants it

    Scenario: The operations stay away
      Given a host serves an MCP server of its own
      When Priya lists the clients
      Then it is refused with 404 Not found
