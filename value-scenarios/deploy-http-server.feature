@linux @behavior:value-deploy
Feature: Omar deploys the server
  Omar installs the package, has systemd keep the server running, and puts nginx or Caddy in front of it with TLS. He asks how it is, backs it up,
  rehearses the restore, and upgrades. The unit files and the proxies' configurations of docs/how-to/deploy-http-server.md are used as they stand there.

  Rule: The guide is true

    @priority:high
    Scenario: Following the guide brings up a server behind TLS that can be restored and upgraded
      Given Omar has the product's commands
      And a machine that does what systemd and the proxies are told, with a clone of the repository
      When Omar follows "docs/how-to/deploy-http-server.md"
      Then every command ends well
      And every output is the one that the guide shows
      And every file that it writes is used

  Rule: systemd takes the units as they stand

    @priority:high
    Scenario Outline: systemd has nothing to say against the service of <whose>
      Given Omar has installed what "docs/how-to/deploy-http-server.md" writes
      When systemd checks "<unit>"
      Then it finds no error and gives no warning

      Examples:
        | whose         | unit                                                 |
        | everyone      | /etc/systemd/system/mcp-orchestration.service        |
        | one user      | .config/systemd/user/mcp-orchestration.service       |
        | the backup    | /etc/systemd/system/mcp-orchestration-backup.service |
        | the timetable | /etc/systemd/system/mcp-orchestration-backup.timer   |

    @priority:medium
    Scenario: The service of everyone may do little beside its work
      Given Omar has installed what "docs/how-to/deploy-http-server.md" writes
      When systemd rates what "/etc/systemd/system/mcp-orchestration.service" may do
      Then its exposure is 1.5 of 10 at the most

    @priority:high
    Scenario: A stop ends the service in time although somebody listens
      Given Omar runs the service of "docs/how-to/deploy-http-server.md"
      And Priya listens to the events of the service
      When systemd stops the service
      Then it ends in order, in the time that its unit allows
      And the stream has ended in order

    @priority:medium
    Scenario: A setting that makes no sense is not tried again and again
      Given Omar has installed what "docs/how-to/deploy-http-server.md" writes
      And the settings of the service say "MCP_ORCHESTRATION_TRUST_PROXY=nginx"
      When systemd starts the service
      Then it ends with an exit code after which the unit is not started again
      And its log says "--trust-proxy"

  Rule: A backup is whole, or it isn't one

    @priority:high
    Scenario: A timer's backup finds its programs, and is whole
      Given Omar runs the service of "docs/how-to/deploy-http-server.md"
      When cron starts the backup
      Then it ends with 0
      And there is one copy, with the store in it

    @priority:high
    Scenario: A backup that fails says so, and leaves nothing that passes for a copy
      Given Omar runs the service of "docs/how-to/deploy-http-server.md"
      And the store of the service is gone
      When cron starts the backup
      Then it ends with 1
      And there is no copy

  Rule: Behind a proxy of the guide a caller meets the server

    @priority:high
    Scenario Outline: A refusal comes through <proxy> as the server gave it
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind <proxy>
      When Mallory asks for the clients without a credential, of the service and through the proxy
      Then both refusals are the same, the challenge included
      And the answer over TLS asks browsers to come over TLS only
      And plain HTTP leads to the same address over TLS, for good

      Examples:
        | proxy |
        | nginx |
        | Caddy |

    @priority:high
    Scenario Outline: Whoever guesses through <proxy> waits, whatever address they claim, and nobody else does
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind <proxy>
      When Mallory guesses 21 tokens, each time in the name of another address, and Priya sends a wrong one
      Then the last guess is answered "rate_limited"
      And Priya is told "invalid_credentials"

      Examples:
        | proxy |
        | nginx |
        | Caddy |

    @priority:high
    Scenario Outline: An MCP client finds the tools behind <proxy>, whatever host it claims to call
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind <proxy>
      When an MCP client of Priya calls "list_clients", in the name of the host "evil.example"
      Then it is offered 9 tools
      And it is answered with "claude-desktop" among the rest

      Examples:
        | proxy |
        | nginx |
        | Caddy |

    @priority:medium
    Scenario: What is too large is refused behind nginx by the server, which says why
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind nginx
      When Priya sends a body of 1.5 MiB
      Then Priya is told "body_too_large"

    @priority:high
    Scenario: An event comes through nginx at once, however it buffers by itself
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind an nginx that holds answers back and gives up after 200 ms
      And Priya listens to the events through the proxy
      When Omar adds "memory" to a draft with the command
      Then Priya hears "draft_changed" at once

    @priority:high
    Scenario: An event comes through Caddy at once
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind Caddy
      And Priya listens to the events through the proxy
      When Omar adds "memory" to a draft with the command
      Then Priya hears "draft_changed" at once

    @priority:medium
    Scenario: Behind Caddy a request waits while the server restarts
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind Caddy
      When Priya asks for the clients through the proxy while Omar restarts the service
      Then Priya is answered with the clients

  Rule: What the guide says of the server's health and troubles is what is seen

    @priority:high
    Scenario: Without its store the server lives, and is not ready
      Given Omar runs the service of "docs/how-to/deploy-http-server.md"
      When the store of the service is gone
      Then "/health" answers 200 "healthy"
      And "/ready" answers 503 "store_unavailable"

    @priority:high
    Scenario: Each trouble of the table comes about as it says
      Given Omar runs the service of "docs/how-to/deploy-http-server.md" behind nginx
      When Omar runs into the troubles of "docs/how-to/deploy-http-server.md"
      Then each row of the table is what is seen then
      And nothing is seen that has no row
