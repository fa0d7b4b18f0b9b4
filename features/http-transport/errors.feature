@behavior:http-transport-expose
Feature: A refusal says what is wrong and what to do

  Every error is a problem document (RFC 9457, application/problem+json):

    { "status": 400, "title": "Invalid request", "code": "invalid_request", "detail": "…", "request_id": "…",
      "errors": [{ "code": "…", "pointer": "/server_id", "message": "…" }] }

  Programs go by the code, people read the detail, and the request id finds the line in the server's log. Each entry of "errors"
  points (RFC 6901) at what it is about. A request that is refused has changed nothing.

  Background:
    Given Priya holds a token for the running server

  Rule: A request that can't be understood is refused

    @priority:medium
    Scenario: Broken JSON is refused
      Given the draft of cursor/work holds "memory"
      When Priya sends a body that breaks off in the middle to the draft of cursor/work
      Then it is refused with 400 Invalid JSON
      And nothing has changed

    @priority:medium
    Scenario: A missing parameter is named
      Given the draft of cursor/work holds "memory"
      When Priya adds a server to the draft of cursor/work without saying which
      Then it is refused with 400 Invalid request
      And the first error points at "/server_id"
      And nothing has changed

    @priority:medium
    Scenario: An unknown client is not found
      When Priya adds "memory" to the draft of nonesuch/work
      Then it is refused with 404 Client not found
      And the detail repeats "nonesuch"
      And nothing has changed

  Rule: An invalid draft is never published

    @priority:medium
    Scenario: An invalid draft is not published
      Given the draft of zed/work can be signed but holds two servers over "sse", which zed does not speak
      When Priya publishes zed/work
      Then it is refused with 400 Validation failed
      And each finding of the validation is listed with code, pointer and message
      And nothing has changed
