@behavior:publishing
Feature: Publishing makes a draft a signed release that nobody can change

  A release is the draft as it stood, under a number of its own: 1 for the first of a profile, then 2, without gaps. What it holds
  is named by its digest, the artifact id; two profiles with the same servers share the artifact, and each has a release of it.
  The signature binds artifact, client, profile, number, time, changelog and the release before, so none of them can be swapped
  for another. Publishing keeps the draft as it is, and changes no client's file.

  @priority:critical
  Rule: Only a sound draft becomes a release

    Scenario: A profile with neither draft nor release is refused
      When Priya publishes cursor/work
      Then it is refused: Profile not found
      And nothing has changed

    Scenario: A draft with an error is refused with every finding
      Given the draft of zed/work can be signed but holds two servers over "sse", which zed does not speak
      When Priya publishes zed/work
      Then it is refused: Validation failed
      And the findings are:
        | unsupported_transport | /mcpServers/first/type  |
        | unsupported_transport | /mcpServers/second/type |
      And nothing has changed

  @priority:high
  Rule: Each change is a release of its own, and no change is none

    Scenario: The first publication is release 1 and keeps the draft
      Given the draft of cursor/work can be signed and holds "memory"
      When Priya publishes cursor/work with the changelog "Begins with memory."
      Then it says "published", as release 1
      And release 1 of cursor/work now holds "memory" and says "Begins with memory."
      And the draft of cursor/work now holds "memory"

    Scenario: The same draft again is unchanged
      Given Priya has published cursor/work with "memory"
      When Priya publishes cursor/work
      Then it says "unchanged", as release 1
      And nothing has changed

    Scenario: A changed draft is the next release and leaves the one before as it was
      Given Priya has published cursor/work with "memory"
      And Priya has added "time" to the draft of cursor/work
      When Priya publishes cursor/work
      Then it says "published", as release 2
      And release 2 of cursor/work now holds "memory" and "time"
      And release 1 of cursor/work now holds "memory"

    Scenario: Another changelog is another release of the same artifact
      Given Priya has published cursor/work with "memory"
      When Priya publishes cursor/work with the changelog "Approved by Omar."
      Then it says "published", as release 2
      And it has the artifact of release 1 of cursor/work

    Scenario: Two profiles with the same servers share one artifact
      Given Priya has published cursor/work with "memory"
      And Priya has added "memory" to the draft of cursor/home
      When Priya publishes cursor/home
      Then it says "published", as release 1
      And it has the artifact of release 1 of cursor/work

  @priority:medium
  Rule: An empty release withdraws what the one before had

    Scenario: An empty draft is published
      Given Priya has published cursor/work with "memory"
      And Priya has cleared the draft of cursor/work
      When Priya publishes cursor/work
      Then it says "published", as release 2
      And release 2 of cursor/work now holds nothing

  @priority:high
  Rule: Every release can be fetched, by number, by artifact, or as the latest

    Scenario: A profile that only has a draft has nothing to fetch
      Given the draft of cursor/work holds "memory"
      When Priya fetches the configuration of cursor/work
      Then it is refused: Nothing published

    Scenario: A release that was never made is refused
      Given Priya has published cursor/work with "memory"
      When Priya fetches release 2 of cursor/work
      Then it is refused: Artifact not found
      And the reason names "Its latest is 1."

    Scenario: The artifact of another profile is refused
      Given Priya has published cursor/work with "memory"
      And Priya has published cursor/home with "time"
      When Priya fetches cursor/home by the artifact of release 1 of cursor/work
      Then it is refused: Artifact not found

    Scenario: An earlier release is fetched by its number
      Given Priya has published cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well
      When Priya fetches release 1 of cursor/work
      Then it is release 1 and holds "memory"

    Scenario: The newest release of an artifact is fetched by the artifact
      Given Priya has published cursor/work with "memory"
      And Priya has published cursor/work again with the changelog "Approved by Omar."
      When Priya fetches cursor/work by the artifact of release 1 of cursor/work
      Then it is release 2 and holds "memory"

  @priority:medium
  Rule: The history tells what was published, the newest first

    Scenario: The history is read page by page
      Given Priya has published cursor/work with "memory"
      And Priya has published cursor/work again with the changelog "Approved by Omar."
      And Priya has published cursor/work again with "time" as well
      When Priya lists the 1 release of cursor/work before release 3
      Then it lists these releases:
        | 2 | Approved by Omar. |
      And the 100 releases of cursor/work before release 2 are:
        | 1 |  |
