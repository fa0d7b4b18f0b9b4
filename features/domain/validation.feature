@behavior:validation
Feature: Validation says what would go wrong, before anything does

  A draft is held against what its client can really do. What comes out is a list of findings, each with a code, a place in the
  draft and a sentence. Errors keep the draft from being published. Warnings keep it from nothing: they are what a person should
  look at once. A finding never repeats the value that it is about, since that may be a secret. Validating changes nothing.

  @priority:high
  Rule: There is nothing to validate before a draft is begun

    Scenario: Validating a profile without a draft is refused
      When Priya validates the draft of cursor/work
      Then it is refused: Profile not found
      And nothing has changed

  @priority:high
  Rule: An error is what the client could not use

    Scenario: A server that the client has no way to reach is an error
      Given the draft of zed/work can be signed but holds two servers over "sse", which zed does not speak
      When Priya validates the draft of zed/work
      Then it is not valid, for these errors:
        | unsupported_transport | /mcpServers/first/type  |
        | unsupported_transport | /mcpServers/second/type |
      And there is no warning

    Scenario: A placeholder that nobody has filled in is an error
      Given the draft of cursor/work holds "memory" with the variable "MEMORY_FILE_PATH" set to "{folder}/memory.jsonl"
      When Priya validates the draft of cursor/work
      Then it is not valid, for these errors:
        | unresolved_placeholder | /mcpServers/memory/env/MEMORY_FILE_PATH |

    Scenario: All that another hand has broken is found at once
      Given another hand has written this draft of cursor/work into the store:
        """
        {
          "args":     { "type": "stdio", "command": "notes", "args": ["--vault", 7], "env": {} },
          "command":  { "type": "stdio", "args": [], "env": {} },
          "env":      { "type": "stdio", "command": "notes", "args": [], "env": { "A=B": "1" } },
          "far away": { "type": "sse", "url": "ftp://notes.example", "headers": {} },
          "space":    { "type": "stdio", "command": " ", "args": [], "env": {} }
        }
        """
      When Priya validates the draft of cursor/work
      Then it is not valid, for these errors:
        | invalid_args        | /mcpServers/args/args/1     |
        | missing_command     | /mcpServers/command/command |
        | invalid_env         | /mcpServers/env/env/A=B     |
        | invalid_server_name | /mcpServers/far away        |
        | missing_url         | /mcpServers/far away/url    |
        | empty_command       | /mcpServers/space/command   |

  @priority:medium
  Rule: A warning keeps nothing from being published

    Scenario: A sound draft has neither errors nor warnings
      Given the draft of cursor/work holds "memory" and "time"
      When Priya validates the draft of cursor/work
      Then it is valid, without an error, and counts 2 servers
      And there is no warning

    Scenario: What looks like a secret is a warning that does not repeat it
      Given the draft of cursor/work holds "memory" with the variable "BACKUP_PASSWORD" set to "correct-horse-battery"
      When Priya validates the draft of cursor/work
      Then it is valid, with these warnings:
        | plaintext_secret | /mcpServers/memory/env/BACKUP_PASSWORD |
      And the answer does not repeat "correct-horse-battery"

    Scenario: An empty variable is a warning
      Given the draft of cursor/work holds "memory" with the variable "MEMORY_FILE_PATH" set to ""
      When Priya validates the draft of cursor/work
      Then it is valid, with these warnings:
        | empty_env_var | /mcpServers/memory/env/MEMORY_FILE_PATH |

    Scenario: A package that the catalogue does not know is a warning
      Given the team keeps a server "handbook" of its own in the catalogue, which runs the package "@team/handbook"
      And the draft of cursor/work holds "handbook"
      And the team has taken "handbook" out of the catalogue again
      When Priya validates the draft of cursor/work
      Then it is valid, with these warnings:
        | unknown_package | /mcpServers/handbook/args/1 |

    Scenario: A variable that decides what is run is a warning
      Given the draft of cursor/work holds "memory" with the variable "npm_config_registry" set to "packages.example"
      When Priya validates the draft of cursor/work
      Then it is valid, with these warnings:
        | unknown_package | /mcpServers/memory/env/npm_config_registry |

    Scenario: An empty draft is a warning, for publishing it withdraws everything
      Given Priya has published cursor/work with "memory"
      And Priya has cleared the draft of cursor/work
      When Priya validates the draft of cursor/work
      Then it is valid, with these warnings:
        | empty_config | /mcpServers |
