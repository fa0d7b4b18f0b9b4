@behavior:verify
Feature: A release is verified anywhere

  Whoever has a release, as get_config answers it, and the public keys of its publisher can check it without asking anybody:

    mcp-orchestration verify release.json --jwks keys.json --client cursor --profile work --min-sequence 2

  It needs neither a home nor a store, makes neither, and trusts no key but those that it is given. Each way to fail has an exit code of
  its own, which a script can tell apart, and the library gives the same verdict (`verifyRelease`).
  Priya publishes; Omar checks on a machine of his own; Mallory sits between them.

  Rule: What isn't as Priya signed it, or isn't what Omar asks for, is refused

    @priority:high
    Scenario Outline: A release that went through Mallory's hands is refused
      Given Omar was sent release 2 of cursor/work and the public keys of Priya
      But Mallory <tampered> on the way
      When Omar verifies that it is cursor/work, from release 2 on
      Then the verification fails with <code> and says <failure>, in one line
      And the library refuses it for the same reason
      And nothing has been made on his machine

      Examples:
        | tampered                                              | code | failure              |
        | sent him a letter instead of the release              | 10   | "not_a_release"      |
        | signed the release anew with a key of hers            | 11   | "unknown_key"        |
        | signed the release anew in the name of Priya's key    | 12   | "signature_invalid"  |
        | let a server start another command                    | 13   | "payload_mismatch"   |
        | wrote another changelog                               | 14   | "statement_mismatch" |
        | passed off a release of claude-desktop/work as his    | 14   | "statement_mismatch" |
        | sent him the latest release of claude-desktop/work    | 15   | "wrong_client"       |
        | sent him the latest release of cursor/scratch         | 16   | "wrong_profile"      |
        | sent him the release before                           | 17   | "sequence_too_old"   |
        | took the key out of the key set                       | 18   | "key_set_unusable"   |

  Rule: The release and the public keys are all that it takes

    @priority:high
    Scenario: A genuine release is verified where nothing else is
      Given Omar was sent release 2 of cursor/work and the public keys of Priya
      When Omar verifies that it is cursor/work, from release 2 on
      Then one line says that it is release 2 of cursor/work, with its artifact, its key and its time
      And the library gives him the payload that Priya signed
      And nothing has been made on his machine

    @priority:medium
    Scenario: A release outlives the change of the key that signed it
      Given Omar was sent release 2 of cursor/work and the public keys of Priya
      And Priya has changed to another key since and sent him her public keys anew
      When Omar verifies that it is cursor/work, from release 2 on
      Then one line says that it is release 2 of cursor/work, with its artifact, its key and its time
