@behavior:signing-keys
Feature: A key signs each release, and a file on this machine says which keys count

  Releases are signed with an Ed25519 key that is made once, on request, and never silently. The private key can be read by its
  owner only. The public keys that one trusts are files in the home folder of the orchestrator, one for each key: a store can't
  vouch for itself. A new key may take over at any time; what the former one signed still counts, until somebody takes its file
  away.

  @priority:high
  Rule: Without a key nothing is signed

    Scenario: Publishing without a key is refused
      Given the draft of cursor/work holds "memory"
      When Priya publishes cursor/work
      Then it is refused: Signing key missing
      And the reason names "initialize_keys"
      And nothing has changed

  @priority:high
  Rule: A key is made once and then kept

    Scenario: The first key is made on request
      When Omar initializes the signing keys
      Then the answer says "initialized" and names the public key
      And the private key can be read by its owner only

    Scenario: A key that exists is not replaced by accident
      Given Priya has published cursor/work with "memory"
      When Omar initializes the signing keys
      Then the answer says "already_exists" and names the public key
      And nothing has changed

  @priority:medium
  Rule: A new key signs what comes next, and what the former one signed still counts

    Scenario: A key is replaced and the releases before stay valid
      Given Priya has published cursor/work with "memory"
      When Omar replaces the signing key
      Then the answer says "regenerated" and names the public key
      And release 1 of cursor/work still shows the former key
      And the next release of cursor/work, with "time", shows the new key

    Scenario: A release whose key is no longer trusted is refused
      Given Priya has published cursor/work with "memory"
      And Omar has taken away the public key that signed it
      When Priya fetches the configuration of cursor/work
      Then it is refused: Signature invalid
