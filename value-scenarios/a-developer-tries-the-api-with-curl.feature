@behavior:value-curl
Feature: A developer tries the API with curl
  Priya has ten minutes and a terminal. She walks through the README: she starts the server, makes a token, builds a draft, publishes
  it and deploys it, and finds her file as it was but for the new server. Where she makes a mistake, the answer says what to do.

  Rule: The README is true

    @priority:critical
    Scenario: Following the README leads from a token to a deployed file
      Given Priya has the product's commands
      When Priya follows "README.md", but for what begins with:
        | the fence                                               | because                                      |
        | npm ci && npm start                                     | the next scenario starts it, on a terminal   |
        | [21:38:35] INFO: Server running on http://127.0.0.1:8000 | the next scenario looks at what is shown     |
        | npm ci && npm test                                      | it is what runs this                         |
        | import { createHttpTransport } from 'mcp-orchestration' | a scenario below runs it, on a port of its own |
      Then every command ends well
      And every output is the one that the guide shows

    @priority:high @linux
    Scenario: The first start on a terminal shows a token and a line to paste that works
      Given Priya has the product's commands
      When Priya starts the server on her terminal for the first time
      Then she sees what "README.md" shows after "npm ci && npm start"
      And the line to paste lists the clients

    @priority:high
    Scenario: The README's program serves
      Given Priya has the product's commands
      When Priya follows "The doors" of "README.md"
      Then every command ends well

  Rule: A refusal says what to do next, and doing that helps

    @priority:high
    Scenario: A token with a typo in it is refused, and a new one is as near as the refusal says
      Given Priya has followed the walk of "README.md"
      When Priya mistypes her token
      Then she is told 'The token is unknown, expired or revoked. Make a new one.'
      And with a new one she is answered

    @priority:high
    Scenario: A server that the catalogue doesn't have is refused, and the catalogue is as near as the refusal says
      Given Priya has followed the walk of "README.md"
      When Priya adds the server "filesytem"
      Then she is told 'There is no server "filesytem"'
      And the catalogue, where she is sent to, has "filesystem"

  Rule: Her file stays hers

    @priority:critical
    Scenario: Looking at a deployment first writes nothing
      Given Priya has followed the walk of "README.md"
      When Priya adds "memory", publishes and deploys with dry_run
      Then the answer holds the difference, with "memory" in it
      And her file is as the walk left it

    @priority:critical
    Scenario: Taking the server out again leaves every byte that was there before
      Given Priya has followed the walk of "README.md"
      When Priya takes "filesystem" out, publishes and deploys
      Then her file is byte for byte the one that she began with
