@behavior:audit
Feature: Who changed what is written down, and the record can be proved

  Every change, by whichever door, stands in the audit log twice: when it begins and when it ends. An entry says who (the credential's
  id), by which door, which operation, on what, the digests before and after, the outcome and the request id. It never holds a secret.
  Each entry carries the hash of the one before, so that a log that was tampered with shows it:

    mcp-orchestration audit --since 12h            prints it, a line for each entry; --json as JSON
    mcp-orchestration audit verify                 proves that it is whole, and prints its head
    mcp-orchestration audit verify --expect HEAD   proves besides that it goes on from a head that you remember
    GET /admin/audit                               pages it, for credentials with the scope admin

  Priya works; Omar operates the server and reads the log; Mallory can write to the store.

  Rule: A change leaves its trace whichever door it comes in by

    @priority:critical
    Scenario Outline: What Priya does over <door> is in the log
      When Priya adds "memory" to cursor/work over <door>
      Then the log says that <who> began add_server_to_config on cursor/work by <door>, and that it was done
      And it says what the draft was before and is now
      And it can be found by the request id, where the door has one

      Examples:
        | door    | who         |
        | http    | her token   |
        | mcp     | her token   |
        | stdio   | the process |
        | cli     | the process |
        | library | the process |

    @priority:high
    Scenario: A change that is refused is in the log with its reason
      Given the draft of cursor/work holds "memory"
      When Priya adds "memory" to cursor/work over http
      Then the log says that add_server_to_config on cursor/work was refused with "server_already_in_draft"

    @priority:high
    Scenario: An attempt without the right to it is in the log
      Given Mallory holds a token that may only read
      When Mallory publishes cursor/work
      Then the log says that publish_config on cursor/work was refused with "insufficient_scope"
      And the log names the token of Mallory

    @priority:high
    Scenario: Looking and trying out leave no trace
      Given the draft of cursor/work is published
      When Priya looks at cursor/work, validates it and deploys it as a dry run
      Then the log is empty

  Rule: No secret is ever in the log

    @priority:critical
    Scenario Outline: A secret that is given over <door> is not in the log
      When Priya adds a server with a secret, a password among the parameters and a confidential changelog over <door>
      Then none of them is in the log, nor is the token with which she came

      Examples:
        | door  |
        | http  |
        | mcp   |
        | stdio |

  Rule: The log can be read as long as it is

    @priority:medium
    Scenario: The log is read page by page
      Given Priya has changed cursor/work 5 times
      When Omar reads the log, 3 entries at a time
      Then the pages together are the 10 entries, in order and each once

  Rule: A log that was tampered with shows it

    @priority:critical
    Scenario Outline: It shows that Mallory <tampered>
      Given Priya has changed cursor/work 3 times
      And Omar remembers the head of the log
      But Mallory <tampered>
      When Omar verifies the log with the head that he remembers
      Then the command fails and says <fault>, at entry <entry>

      Examples:
        | tampered                                   | fault       | entry |
        | altered entry 3 of the log                 | "altered"   | 3     |
        | removed entry 3 of the log                 | "missing"   | 3     |
        | swapped entries 3 and 4 of the log         | "misplaced" | 3     |
        | cut the log off after entry 4              | "truncated" | 5     |
        | wrote the log anew from entry 3 on         | "rewritten" | 6     |

    @priority:high
    Scenario: A log that nobody touched is whole
      Given Priya has changed cursor/work 3 times
      And Omar remembers the head of the log
      When Omar verifies the log with the head that he remembers
      Then the command says that the log is whole, with 6 entries and the same head

    @priority:high
    Scenario: A change whose process died has an unknown outcome
      Given a process died while Priya added "memory" to cursor/work
      When Omar verifies the log
      Then the command says that the log is whole, and that the outcome of add_server_to_config on cursor/work is unknown
