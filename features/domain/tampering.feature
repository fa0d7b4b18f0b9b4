@behavior:tampering
Feature: What somebody has tampered with is noticed before it is used

  A store may lie on a disk that others write to, or on a machine of its own. So nothing that comes out of it is believed: an
  artifact must have the digest that is its name, and a release must be signed, by a key that is trusted here, for that very
  client, profile and number, with a link to the release before. What fails is refused, whoever asks for it, and is never
  deployed.

  Mallory can write to the store, and has no key that is trusted.

  @priority:critical
  Rule: A release is what was signed, or it is refused

    Background:
      Given the file of "cursor" already holds settings and a server of Priya's own

    Scenario: An altered artifact is not deployed
      Given Priya has published cursor/work with "memory"
      And Mallory has altered the artifact of cursor/work in the store
      When Omar deploys cursor/work
      Then it is refused: Artifact corrupt
      And nothing has changed

    Scenario: An altered changelog is not believed
      Given Priya has published cursor/work with "memory"
      And Mallory has altered the changelog of cursor/work in the store
      When Omar deploys cursor/work
      Then it is refused: Signature invalid
      And nothing has changed

    Scenario: A release that was signed for another profile is not deployed
      Given Priya has published cursor/home with "time"
      And Mallory has passed the release of cursor/home off as one of cursor/work
      When Omar deploys cursor/work
      Then it is refused: Signature invalid
      And nothing has changed

    Scenario: A release that a stranger has signed is not deployed
      Given Mallory has published cursor/work with "memory" under a key of her own
      When Omar deploys cursor/work
      Then it is refused: Signature invalid
      And nothing has changed

  @priority:high
  Rule: History can't be rewritten unnoticed

    Scenario: A release that was taken out of the history is missed
      Given Priya has published cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well
      And Mallory has removed release 1 of cursor/work from the store
      When Priya fetches the configuration of cursor/work
      Then it is refused: Signature invalid

    Scenario: A later release that was hidden is noticed when the next is published
      Given Priya has published cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well
      And Mallory has hidden release 2 of cursor/work in the store
      When Priya publishes cursor/work with the changelog "Nothing happened."
      Then it is refused: Signature invalid
      And nothing has changed
