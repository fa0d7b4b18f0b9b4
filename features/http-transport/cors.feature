@behavior:http-transport-cors
Feature: A web page may use the API

  A browser lets a page of one origin read the answers of another only if the server says so (CORS). This one says so to every origin
  unless it is told which ones:

    mcp-orchestration-serve-http --cors-origins https://app.example.com,https://admin.example.com

  It answers preflights without a credential, since browsers send none, and marks refusals like any other answer, since browsers hide
  those that aren't marked. A page sends its token or key in a header; cookies play no part. None of this goes for /mcp.
  Priya's page comes from https://app.example.com, Mallory's from https://evil.example.com.

  Rule: Another origin gets nothing where only some are allowed

    @priority:medium
    Scenario: A POST works across origins
      Given Omar has started the server with the command for pages of "https://app.example.com" only
      And Priya holds a token
      When pages of "https://app.example.com" and "https://evil.example.com" ask for and send the same POST with her token
      Then the page of "https://app.example.com" may send it and read the answer
      And the page of "https://evil.example.com" may do neither
      And no cache hands the answer for one origin to another

  Rule: A page learns what it may send before it sends it

    @priority:high
    Scenario: A preflight is answered
      Given the server is running
      When a page of "https://app.example.com" asks whether it may send a POST with a token and JSON
      Then it is answered with 204
      And every origin may send GET, POST, DELETE and OPTIONS
      And each header that the API takes is allowed by its name
      And no cookie may come along

  Rule: A page can read every answer, above all why it was refused

    @priority:high
    Scenario: An actual request carries the headers
      Given Priya holds a token for the running server
      When a page of "https://app.example.com" gets a success, a wrong credential, an unknown path and too many attempts
      Then the answers are 200, 401, 404 and 429, and every origin may read each
      And the page sees the tag, the request id, the challenge and the time to wait, each where it belongs
