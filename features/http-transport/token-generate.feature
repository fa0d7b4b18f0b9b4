@behavior:http-transport-token-generate
Feature: A command makes tokens

    mcp-orchestration-generate-token --name laptop

  prints a token once, and how to use it. The token works at once on a server that is already running on the same home folder, and
  keeps working after a restart. Only its digest is stored: whoever reads the store can't use it, and a lost token is replaced, not recovered.
  Omar runs the server and makes tokens for others.

  Rule: A token is shown once and kept nowhere

    @priority:low
    Scenario: A token can neither be guessed nor read back
      Given Omar has made 64 tokens
      When Omar makes a token with the command
      Then it holds 256 bits, none of which is the same in all 65
      And no file in the home holds it in any encoding, but the store holds its digest

  Rule: A token made by the command opens the server that runs already

    @priority:high
    Scenario: A token made by the command opens the running server
      Given the server is running
      When Omar makes a token with the command
      Then the command prints 43 URL-safe characters and how to use them
      And the running server answers the printed token at once

    @priority:medium
    Scenario: Several tokens are independent
      Given the server is running
      When Omar makes 3 tokens with the command
      Then the 3 tokens differ from each other
      And revoking the first of them closes the server to it and to no other
