@behavior:rollback
Feature: A rollback deploys an earlier release

  Every release stays what it was, so going back means deploying one of them: by its number, or by its artifact. A rollback
  publishes nothing and takes nothing back: the latest release is still the latest, and the deployment counts as outdated until
  it is deployed again. To make an old state the published one, make the draft like it and publish it.

  @priority:high
  Rule: One can only go back to what was there

    Scenario: Going back to a release that was never made is refused
      Given Omar has deployed cursor/work with "memory"
      When Omar deploys release 2 of cursor/work
      Then it is refused: Artifact not found
      And nothing has changed

    Scenario: Going back to a release of another profile is refused
      Given Omar has deployed cursor/work with "memory"
      And Priya has published cursor/home with "time"
      When Omar deploys cursor/work by the artifact of release 1 of cursor/home
      Then it is refused: Artifact not found
      And nothing has changed

  @priority:high
  Rule: What was deployed once can be deployed again

    Scenario: An earlier release is deployed by its number
      Given Omar has deployed cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well, and Omar has deployed it
      When Omar deploys release 1 of cursor/work
      Then it has written nothing, removed "time" and kept "memory"
      And the file of "cursor" now has the servers "memory"

    Scenario: An earlier release is deployed by its artifact
      Given Omar has deployed cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well, and Omar has deployed it
      When Omar deploys cursor/work by the artifact of release 1 of cursor/work
      Then it has written nothing, removed "time" and kept "memory"
      And the file of "cursor" now has the servers "memory"

    Scenario: A rollback leaves the latest release the latest
      Given Omar has deployed cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well, and Omar has deployed it
      When Omar deploys release 1 of cursor/work
      Then release 2 of cursor/work is still the latest
      And the deployment of cursor/work is release 1, "in_sync" and outdated
