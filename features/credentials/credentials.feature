@behavior:credentials
Feature: A credential does what it was made for, for as long as it is meant to

    mcp-orchestration generate-token --name n8n --scope read --profile cursor/work --expires-in 30d
    mcp-orchestration tokens list
    mcp-orchestration tokens rotate tok_4c1f0a9be27d5638 --overlap 1h
    mcp-orchestration tokens revoke tok_4c1f0a9be27d5638

  The same is there over HTTP under /admin/tokens, for credentials with the scope admin. A running server goes by it at the next request,
  whichever process on the store it was done in.
  Limits name clients and single profiles: the credential reaches those and nothing else. What a credential makes has no more rights than
  it has itself: no further scope, no wider limits, no later end.
  Omar looks after the tokens, Priya uses one, Mallory guesses.

  @priority:critical
  Rule: A credential that has ended is refused at the next request, and what it began ends

    Scenario: A token that another process revokes is refused at once
      Given Priya holds a token for the running server
      When Omar revokes her token with the command
      Then her next request is refused with 401 Invalid authentication credentials

    Scenario: A token is refused from its time on
      Given the server is running
      And Priya holds a token whose time has come
      When Priya lists the clients
      Then it is refused with 401 Invalid authentication credentials

    Scenario: A stream ends with the token that it was opened with
      Given Priya holds a token for the running server
      And Priya follows the events
      When Omar rotates her token with the command, without an overlap
      Then her stream of events ends within 1 second
      And her next request is refused with 401 Invalid authentication credentials

  @priority:high
  Rule: A rotation leaves time to change over

    Scenario: Both tokens are good during the overlap
      Given Priya holds a token for the running server
      When Omar rotates her token with the command, with an overlap of "1h"
      Then the server answers both tokens
      And the list of the tokens says which one took the place of hers, and that hers ends in an hour

    Scenario: After the overlap the former token is refused
      Given Priya holds a token for the running server
      And Omar has rotated her token with an overlap that is over
      When Priya lists the clients
      Then it is refused with 401 Invalid authentication credentials
      And the server answers the new token

  @priority:critical
  Rule: A limited credential reaches what it is limited to and nothing else

    Scenario: A change beyond the limits is refused
      Given the server is running
      And Priya holds a token that is limited to cursor/work
      When Priya adds "memory" to the draft of claude-desktop/default
      Then it is refused with 403 Insufficient scope
      And the detail repeats "claude-desktop/default"
      And nothing has changed

    Scenario: What is beyond the limits is not listed
      Given the server is running
      And Priya holds a token that is limited to cursor/work
      When Priya lists the clients
      Then the client "cursor" is listed and no other

  @priority:critical
  Rule: No credential makes one with more rights than it has

    Scenario: Limits can't be widened
      Given the server is running
      And Omar holds a token with the scope admin that is limited to cursor/work
      When Omar makes a token that is limited to "zed"
      Then it is refused with 403 Insufficient scope
      And nothing has changed

    Scenario: A token can't outlive the one that makes it
      Given the server is running
      And Omar holds a token with the scope admin that ends in an hour
      When Omar makes a token that is good for "2h"
      Then it is refused with 403 Insufficient scope
      And nothing has changed

    Scenario: Who lacks the scope is told which one
      Given Priya holds a token for the running server
      When Priya lists the tokens
      Then it is refused with 403 Insufficient scope
      And the challenge names the scope "admin"

  @priority:high
  Rule: A token is shown once, when it is made, and never again

    Scenario: The list says all of a token but the token
      Given Priya holds a token for the running server
      When Omar lists the tokens with the command
      Then it shows the id, the name and the scopes of hers
      And it shows neither her token nor a digest of it

  @priority:medium
  Rule: Guessing is slowed, and nobody else is

    Scenario: Whoever guesses has to wait, and a valid token from the same address passes
      Given Priya holds a token for the running server
      When Mallory guesses 25 tokens from the address of Priya
      Then the last is refused with 429 Rate limited
      And Priya is answered all the same
