@behavior:events
Feature: What happens is told while it happens

  Whoever opens /events with a credential that may read hears, as server-sent events, what happens to drafts, releases and
  deployments, by whatever door and process:

    draft_changed        a server was added or removed, or the draft was cleared
    published            there is a new release
    deployed             a release was written into its client's file
    file_state_changed   somebody edited, removed or mended a deployed file
    compacted            what happened up to this revision is forgotten: look at everything anew, then go on listening

  Each id is a revision of the store. Whoever sends the last one as Last-Event-ID goes on there, without a gap or a repetition.

  Background:
    Given Priya holds a token for the running server

  @priority:high
  Rule: Strangers hear nothing

    Scenario: Following the events without credentials is refused
      When Mallory asks for "/events" without credentials
      Then it is refused with 401 Authentication required

  @priority:medium
  Rule: What happens to a profile is told, whoever does it

    Scenario: A changed draft is told
      Given Priya follows the events
      When Priya adds "memory" to the draft of cursor/work
      Then she hears the change of the draft, with the revision and the count that the answer had

    Scenario: A release is told
      Given the draft of cursor/work can be signed and holds "memory"
      And Priya follows the events
      When Priya publishes cursor/work
      Then she hears of the release that the answer named

    Scenario: A deployment is told
      Given Priya has published cursor/work with "memory"
      And Priya follows the events
      When Priya deploys cursor/work
      Then she hears that her token deployed it, and where

    Scenario: A deployed file that somebody edits is told
      Given Priya has deployed cursor/work with "memory"
      And Priya follows the events
      When somebody edits the entry "memory" in the file of "cursor"
      Then she hears that the file of cursor/work is "edited"

    Scenario: What another process does is told within a second
      Given Priya follows the events
      When Omar adds "memory" to the draft of cursor/work with the command
      Then she hears of the change of cursor/work within 1 second

  @priority:medium
  Rule: Whoever breaks off goes on where it broke off

    Scenario: Resuming tells what was missed, and then what happens, each once
      Given Priya has followed the events until the draft of cursor/work held "memory"
      And the draft of cursor/home holds "memory" and "time"
      When Priya follows the events from where she broke off
      Then she hears the 2 changes of cursor/home that she missed, and the next one, each once

    Scenario: A past that is forgotten is said to be forgotten
      Given Priya has followed the events until the draft of cursor/work held "memory"
      And so much has happened since that the store has forgotten it
      When Priya follows the events from where she broke off
      Then she is told from which revision on she hears everything, and hears the next change

  @priority:high
  Rule: A stream lasts no longer than its credential

    Scenario: Revoking a token ends the stream that was opened with it
      Given Priya follows the events
      When Priya's token is revoked elsewhere
      Then her stream of events ends within 1 second
