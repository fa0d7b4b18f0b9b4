@behavior:file-state
Feature: Somebody may look at any time whether a client's file is still what was deployed

  A deployment is a record of what was written where, when, and by whom. Held against the file as it stands now, it is in_sync;
  edited, when a managed entry was changed or some of them are gone; missing, when the file or all managed entries are gone; or
  unreadable. What the user does to the rest of the file changes nothing. Separately, a deployment is outdated when its profile
  has a newer release. A profile whose place another one has taken has no deployment any more.

  @priority:high
  Rule: Only the managed entries count

    Scenario: What was deployed and left alone is in sync
      Given Omar has deployed cursor/work with "memory"
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "in_sync" and current

    Scenario: What the user does to the rest of the file changes nothing
      Given Omar has deployed cursor/work with "memory"
      And Priya has added a server of her own to the file of "cursor"
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "in_sync" and current

    Scenario: A managed entry that was changed is edited
      Given Omar has deployed cursor/work with "memory"
      And Priya has edited "memory" in the file of "cursor"
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "edited" and current

    Scenario: A managed entry that is gone beside others is edited
      Given Omar has deployed cursor/work with "memory" and "time"
      And Priya has taken "time" out of the file of "cursor"
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "edited" and current

  @priority:high
  Rule: What is gone or broken is told apart from what was edited

    Scenario: All managed entries that are gone are missing
      Given Omar has deployed cursor/work with "memory"
      And Priya has taken "memory" out of the file of "cursor"
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "missing" and current

    Scenario: A file that is gone is missing
      Given Omar has deployed cursor/work with "memory"
      And Priya has removed the file of "cursor"
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "missing" and current

    Scenario: A file that nobody can read is unreadable
      Given Omar has deployed cursor/work with "memory"
      And Priya has broken the file of "cursor"
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "unreadable" and current

  @priority:medium
  Rule: A deployment is held against the latest release, and against the profile that took its place

    Scenario: A deployment with a newer release is outdated
      Given Omar has deployed cursor/work with "memory"
      And Priya has published cursor/work again with "time" as well
      When Omar lists the profiles of "cursor"
      Then the deployment of cursor/work is release 1, "in_sync" and outdated

    Scenario: A profile whose place another one took has no deployment
      Given Omar has deployed cursor/work with "memory"
      And Omar has deployed cursor/home with "time"
      When Omar lists the profiles of "cursor"
      Then cursor/work has no deployment
      And the deployment of cursor/home is release 1, "in_sync" and current
