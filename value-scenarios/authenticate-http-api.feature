@behavior:value-authenticate
Feature: Priya authenticates to the HTTP API

    docs/how-to/authenticate-http-api.md

  Whoever follows the guide makes a token for one job, sends it from curl, Node, n8n, a browser and a CI system, rotates and revokes it,
  and uses the API key. The commands and programs are run from the guide's own text, and the outputs compared with what comes. Its
  workflow is carried out as the runner of GitHub Actions would do it. Each row of its table of errors is brought about.

  @priority:critical
  Rule: The guide is true

    Scenario: Following the guide to authentication leads from a token to its end
      Given Priya has the product's commands
      When Priya follows "docs/how-to/authenticate-http-api.md"
      Then every command ends well
      And every output is the one that the guide shows
      And its workflow ".github/workflows/publish.yml" takes the token from the secrets alone
      And every file that it writes is used

  @priority:high
  Rule: What the guide says of a refusal is what the server answers

    Scenario: Each row of the table of errors comes about
      Given Mallory has the product's commands
      When Mallory brings about each refusal of the table in "docs/how-to/authenticate-http-api.md"
      Then each is answered as its row says
      And each row has come about, and nothing that lacks a row

  @priority:high
  Rule: The CI publishes with a token that may, and with no other

    Scenario: With a token that may only read the workflow stops before it publishes
      Given Priya has the product's commands
      And Priya has a server with a draft that can be published
      When the CI carries out ".github/workflows/publish.yml" of "docs/how-to/authenticate-http-api.md" with a token to "read" within "cursor/work"
      Then its step "Publish" fails and says "insufficient_scope"
      And nothing is published

    Scenario: With the scopes that the guide names the workflow publishes
      Given Priya has the product's commands
      And Priya has a server with a draft that can be published
      When the CI carries out ".github/workflows/publish.yml" of "docs/how-to/authenticate-http-api.md" with a token to "read and publish" within "cursor/work"
      Then each of its steps ends well and says nothing of the token
      And the draft is published, once, by that token

  @priority:medium
  Rule: A program that is told to wait waits

    Scenario: The program for Node tries again when the server asks for it
      Given Priya has the product's commands
      And Priya has a server whose store does not answer at first
      When Priya runs "clients.mjs" of "docs/how-to/authenticate-http-api.md" with a token in "ci.json"
      Then it prints the line "cursor Cursor"
      And it has waited for 1 second
