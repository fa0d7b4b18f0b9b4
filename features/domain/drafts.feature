@behavior:drafts
Feature: A draft is where a configuration is worked on

  Each client has profiles, and each profile one draft: the servers that its next release shall have. A draft begins with the
  first server that is added to it. Servers come from the catalogue, each with the parameters and variables that the catalogue
  says it takes; what is left out takes its default, and what the server doesn't know is refused, so that a slip of the pen is
  noticed here and not by the client. Nothing that is done to a draft reaches a release or a client's file: that is what
  publishing and deploying are for.

  Priya works on the profile "work" of the client "cursor", which is written cursor/work.

  @priority:high
  Rule: A draft takes only what the catalogue offers, with all that the server needs

    Scenario: A server that the catalogue does not have is refused
      Given the draft of cursor/work holds "memory"
      When Priya adds "nonesuch" to the draft of cursor/work
      Then it is refused: Server not found
      And the reason names "nonesuch"
      And nothing has changed

    Scenario: A client that nobody knows is refused
      When Priya adds "memory" to the draft of emacs/work
      Then it is refused: Client not found
      And the reason names "emacs"
      And nothing has changed

    Scenario: A parameter that the server does not have is refused
      When Priya adds "filesystem" to the draft of cursor/work with:
        | parameter | path   | /home/priya/notes |
        | parameter | folder | /home/priya/mail  |
      Then it is refused: Validation failed
      And the findings are:
        | unknown_parameter | /params/folder |
      And nothing has changed

    Scenario: Everything that is missing is named at once
      When Priya adds "mysql" to the draft of cursor/work
      Then it is refused: Validation failed
      And the findings are:
        | missing_env_var | /env_vars/MYSQL_USER |
        | missing_env_var | /env_vars/MYSQL_PASS |
      And nothing has changed

    Scenario: A name that no client could write down is refused
      When Priya adds "memory" to the draft of cursor/work as "__proto__"
      Then it is refused: Invalid request
      And the findings are:
        | invalid_value | /server_name |
      And nothing has changed

  @priority:medium
  Rule: What is left out takes its default

    Scenario: The defaults of a server are filled in
      When Priya adds "mysql" to the draft of cursor/work with:
        | variable | MYSQL_USER | reader             |
        | variable | MYSQL_PASS | ${env:MYSQL_READS} |
        | variable | MYSQL_PORT | 3307               |
      Then the draft of cursor/work now gives "mysql" the variables:
        | ALLOW_DELETE_OPERATION | false              |
        | ALLOW_INSERT_OPERATION | false              |
        | ALLOW_UPDATE_OPERATION | false              |
        | MYSQL_HOST             | 127.0.0.1          |
        | MYSQL_PASS             | ${env:MYSQL_READS} |
        | MYSQL_PORT             | 3307               |
        | MYSQL_USER             | reader             |

    Scenario: A parameter that may be repeated takes several values
      When Priya adds "filesystem" to the draft of cursor/work with:
        | parameter | path | /home/priya/notes |
        | parameter | path | /home/priya/mail  |
      Then the draft of cursor/work now starts "filesystem" with "npx -y @modelcontextprotocol/server-filesystem /home/priya/notes /home/priya/mail"

  @priority:medium
  Rule: Each server in a draft has a name of its own

    Scenario: A second server of the same name is refused
      Given the draft of cursor/work holds "memory"
      When Priya adds "memory" to the draft of cursor/work
      Then it is refused: Server already in the draft
      And the reason names "memory"
      And nothing has changed

    Scenario: The same server is added under another name
      Given the draft of cursor/work holds "memory"
      When Priya adds "memory" to the draft of cursor/work as "archive"
      Then the answer says "added" and counts 2 servers
      And the draft of cursor/work now holds "memory" and "archive"

  @priority:medium
  Rule: Removing takes out what it names and nothing else

    Scenario: Removing a server that is not there is refused
      Given the draft of cursor/work holds "memory" and "time"
      When Priya removes "fetch" from the draft of cursor/work
      Then it is refused: Server not in the draft
      And the reason names "memory"
      And nothing has changed

    Scenario: One server is removed and the others stay
      Given the draft of cursor/work holds "memory", "time" and "fetch"
      When Priya removes "time" from the draft of cursor/work
      Then the answer says "removed" and counts 2 servers
      And the draft of cursor/work now holds "memory" and "fetch"

    Scenario: Clearing a draft leaves the other profiles and the releases alone
      Given Priya has published cursor/work with "memory" and "time"
      And the draft of cursor/home holds "fetch"
      When Priya clears the draft of cursor/work
      Then the answer says "cleared" and counts 2 servers before
      And the draft of cursor/work is now empty
      And the draft of cursor/home now holds "fetch"

  @priority:medium
  Rule: The revision tells one state of a draft from the next

    Scenario: Looking at a draft that nobody has begun makes none
      When Priya views the draft of cursor/work
      Then it shows an empty draft of revision 0
      And nothing has changed

    Scenario: The revision rises with a change and not with a look
      Given the draft of cursor/work holds "memory" and "time"
      When Priya views the draft of cursor/work
      Then it shows 2 servers, "memory" and "time", and how each is started
      And its revision rises with the next change
