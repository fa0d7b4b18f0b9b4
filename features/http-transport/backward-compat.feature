@behavior:http-transport-backward-compat
Feature: Whoever uses stdio notices nothing of HTTP

  An agent starts the orchestrator as it always did, with an entry like this in its client's file:

    { "mcpServers": { "orchestrator": { "command": "mcp-orchestration" } } }

  That server speaks MCP over stdin and stdout, offers ten tools and opens no port. HTTP starts only when somebody asks for it with
  mcp-orchestration-serve-http or the library. Both may run at once, on the same drafts, releases and tokens.

  Rule: HTTP is opt-in

    @priority:high
    Scenario: The stdio server listens on no port
      Given a stdio client is connected
      And it has listed the catalogue
      When Omar looks for the listening sockets of the stdio server from outside
      Then there is none
      And the stdio server still lists its 10 tools

  Rule: What worked over stdio still works

    @priority:high
    Scenario: Stdio works with the HTTP side installed
      Given a stdio client is connected
      When Priya calls each of the 10 tools that the stdio client lists
      Then each of them succeeds
      And the stdio server has written nothing but protocol to stdout

    @priority:medium
    Scenario: An existing client entry keeps working
      Given the file of "cursor" holds an entry with the command "mcp-orchestration" and nothing else
      When the client "cursor" starts that entry and lists the catalogue
      Then the stdio server answers with "filesystem" among the servers

  Rule: Both doors open on one and the same house

    @priority:high
    Scenario: Both transports work at once
      Given Priya holds a token for the running server
      And Priya has published cursor/work with "memory"
      And a stdio client is connected to the same store
      When Priya lists the profiles of "cursor" over HTTP and over stdio at the same moment
      Then both gave the same answer, with the artifact that was published last for "work"
      And a server added to cursor/work at one door is seen at the other, whichever comes first
