@behavior:no-lost-update
Feature: Nobody's work is lost, and nothing is done twice

  Whatever is read carries an ETag, a fingerprint of what was read. Send it back as If-Match with a change, and the change is made only
  to what you saw; else it is refused with 412 and the ETag of what there is now:

    GET  /v1/config/cursor/work/draft                                → ETag: "xyz"
    POST /v1/config/cursor/work/draft/add     If-Match: "xyz"        to add, remove, clear and publish, the draft's ETag
    POST /v1/config/cursor/work/deploy        If-Match: "abc"        to deploy, the configuration's

  Send it as If-None-Match with a read, and 304 tells that you have it already.

  A request whose answer never arrived can be sent again. Give it a key of your own, and it is done once:

    POST /v1/config/cursor/work/publish       Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324"

  The same key with the same content gets the first answer for 24 hours. Keys belong to the credential that sends them.
  Priya and Omar work on the same profile.

  Background:
    Given Priya and Omar hold tokens for the running server

  Rule: A change is made only to what its author has seen

    @priority:critical
    Scenario Outline: Omar doesn't <change> over what Priya has added meanwhile
      Given the draft of cursor/work can be signed and holds "memory"
      And Omar has looked at the draft of cursor/work, to which Priya has added "time" since
      When Omar tries to <change> as he saw it
      Then it is refused with 412 Precondition failed, with the ETag of what there is
      And nothing has changed

      Examples:
        | change                           |
        | add "fetch" to cursor/work       |
        | remove "memory" from cursor/work |
        | clear cursor/work                |
        | publish cursor/work              |

    @priority:critical
    Scenario: A configuration that was published again since is not deployed
      Given Priya has published cursor/work with "memory"
      And Omar has looked at the configuration of cursor/work, which Priya has published with "time" since
      When Omar tries to deploy cursor/work as he saw it
      Then it is refused with 412 Precondition failed, with the ETag of what there is
      And nothing has changed

    @priority:high
    Scenario: What nobody has changed since is changed
      Given the draft of cursor/work holds "memory" and "time"
      And Omar has looked at the draft of cursor/work
      When Omar tries to remove "memory" from cursor/work as he saw it
      Then the answer says "removed" and counts 1 server
      And the draft of cursor/work now holds "time"

  Rule: What one has already is not sent again

    @priority:high
    Scenario: A draft that has not changed since is not sent again
      Given the draft of cursor/work holds "memory"
      And Omar has looked at the draft of cursor/work
      When Omar asks for the draft of cursor/work unless it is what he saw
      Then he is told with 304 and the same ETag that it is, and gets no body

  Rule: A request that comes again is done once

    @priority:high
    Scenario: A key that was sent with another request is refused
      Given the draft of cursor/work can be signed and holds "memory"
      And Omar has published cursor/work as "First" with the key "k-1"
      When Omar publishes cursor/work as "Second" with the key "k-1"
      Then it is refused with 422 Idempotency key reused
      And nothing has changed

    @priority:high
    Scenario: A request that comes again while it runs is refused
      Given the draft of cursor/work can be signed and holds "memory"
      And Omar's request to publish cursor/work as "First" with the key "k-1" is still running
      When Omar publishes cursor/work as "First" with the key "k-1"
      Then it is refused with 409 Request still running
      And nothing has changed

    @priority:critical
    Scenario: A publish that is sent again gets the first answer
      Given the draft of cursor/work can be signed and holds "memory"
      And Omar has published cursor/work as "First" with the key "k-1", and Priya has added "time" since
      When Omar publishes cursor/work as "First" with the key "k-1"
      Then the answer is the first one, and says that it was given before
      And cursor/work has 1 release

    @priority:high
    Scenario: The same key of somebody else is another key
      Given the draft of cursor/work can be signed and holds "memory"
      And Omar has published cursor/work as "First" with the key "k-1"
      When Priya publishes cursor/work as "Second" with the key "k-1"
      Then the answer says "published", with an artifact id and the moment
      And cursor/work has 2 releases

  Rule: What many add at once is all there

    @priority:critical
    Scenario: A hundred servers are added at once through every door
      Given the HTTP server and 2 stdio servers run as processes on one home
      When 100 servers are added to the draft of cursor/work at once, over REST, over MCP and over stdio
      Then the draft of cursor/work holds those 100 servers and no others
