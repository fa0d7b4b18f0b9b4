@behavior:clients
Feature: The clients say where their files are and which profiles they have

  A client is an AI application with a file of servers. The orchestrator knows for each where that file is on this machine, how it
  is written and what the client speaks. A profile is there as soon as it has a draft or a release. One client may have many
  profiles, of which one is deployed.

  @priority:medium
  Rule: A profile is listed once somebody has begun it

    Scenario: The profiles of a client that nobody knows are refused
      When Omar lists the profiles of "emacs"
      Then it is refused: Client not found
      And the reason names "emacs"

    Scenario: A client without a profile has none
      When Omar lists the profiles of "cursor"
      Then there are no profiles

    Scenario: A draft is enough to make a profile
      Given Priya has published cursor/work with "memory"
      And the draft of cursor/home holds "time"
      When Omar lists the profiles of "cursor"
      Then the profiles are:
        | home |   |
        | work | 1 |
