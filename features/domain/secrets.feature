@behavior:secrets
Feature: A secret reaches the client's file, and no other place

  The catalogue says which variables of a server are secret. Such a value goes into the vault, a folder that only its owner can
  read, and the draft says ${secret:…} in its place; a reference that is given as one, ${env:NAME} or ${secret:NAME}, is kept as
  it is. So drafts, releases, artifacts and differences hold nothing that would have to be hidden. References are resolved at the
  deployment, on the machine that deploys, and a reference that stands for nothing there is refused by name.

  @priority:critical
  Rule: No draft, release or difference ever holds a secret

    Scenario: A secret goes into the vault and a reference into the draft
      When Priya adds "brave-search" to the draft of cursor/work with:
        | variable | BRAVE_API_KEY | brave-4711-0815 |
      Then the draft of cursor/work now gives "brave-search" the variables:
        | BRAVE_API_KEY | ${secret:cursor/work/brave-search/BRAVE_API_KEY} |
      And "brave-4711-0815" stands in the vault and in no other file, and nobody is told it

    Scenario: A release and its comparison hold the reference
      Given the draft of cursor/work can be signed and holds "brave-search" with the secret "brave-4711-0815"
      When Priya publishes cursor/work
      Then release 1 of cursor/work now gives "brave-search" the variables:
        | BRAVE_API_KEY | ${secret:cursor/work/brave-search/BRAVE_API_KEY} |
      And "brave-4711-0815" stands in the vault and in no other file, and nobody is told it

    Scenario: A dry run shows the reference
      Given Priya has published cursor/work with "brave-search" and the secret "brave-4711-0815"
      When Omar deploys cursor/work as a dry run
      Then the difference adds "${secret:cursor/work/brave-search/BRAVE_API_KEY}" and shows nothing of "brave-4711"
      And "brave-4711-0815" stands in the vault and in no other file, and nobody is told it

    Scenario: A secret that is half a reference is refused and not repeated
      When Priya adds "brave-search" to the draft of cursor/work with:
        | variable | BRAVE_API_KEY | brave-${env:BRAVE_SUFFIX} |
      Then it is refused: Validation failed
      And the findings are:
        | invalid_env | /env_vars/BRAVE_API_KEY |
      And the reason does not name "brave-$"
      And nothing has changed

  @priority:high
  Rule: A reference that stands for nothing is refused by name

    Scenario: A variable that the machine does not have is named
      Given Priya has published cursor/work with "brave-search" and the secret "${env:BRAVE_OF_THE_TEAM}"
      When Omar deploys cursor/work
      Then it is refused: Secret unresolved
      And the reason names "${env:BRAVE_OF_THE_TEAM}"
      And nothing has changed

    Scenario: A secret that the vault has lost is named
      Given Priya has published cursor/work with "brave-search" and the secret "brave-4711-0815"
      And Omar has moved to a machine without the vault
      When Omar deploys cursor/work
      Then it is refused: Secret unresolved
      And the reason names "${secret:cursor/work/brave-search/BRAVE_API_KEY}"
      And nothing has changed

    Scenario: The orchestrator's own credentials are never handed out
      Given the machine has the variable "MCP_ORCHESTRATION_API_KEY" set to "open-sesame"
      And Priya has published cursor/work with "brave-search" and the secret "${env:MCP_ORCHESTRATION_API_KEY}"
      When Omar deploys cursor/work
      Then it is refused: Secret unresolved
      And nothing has changed

  @priority:high
  Rule: Where a release is deployed, its references are resolved

    Scenario: The secret from the vault is written into the client's file
      Given Priya has published cursor/work with "brave-search" and the secret "brave-4711-0815"
      When Omar deploys cursor/work
      Then the file of "cursor" now gives "brave-search" the variables:
        | BRAVE_API_KEY | brave-4711-0815 |
      And the answer does not repeat "brave-4711-0815"

    Scenario: A variable of the machine is written into the client's file
      Given the machine has the variable "BRAVE_OF_THE_TEAM" set to "brave-for-all"
      And Priya has published cursor/work with "brave-search" and the secret "${env:BRAVE_OF_THE_TEAM}"
      When Omar deploys cursor/work
      Then the file of "cursor" now gives "brave-search" the variables:
        | BRAVE_API_KEY | brave-for-all |
      And release 1 of cursor/work now gives "brave-search" the variables:
        | BRAVE_API_KEY | ${env:BRAVE_OF_THE_TEAM} |

    Scenario: A server that was removed can still be gone back to, with its secret
      Given Priya has published cursor/work with "brave-search" and the secret "brave-4711-0815"
      And Priya has withdrawn everything from cursor/work
      When Omar deploys release 1 of cursor/work
      Then the file of "cursor" now gives "brave-search" the variables:
        | BRAVE_API_KEY | brave-4711-0815 |
