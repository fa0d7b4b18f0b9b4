@behavior:freshness
Feature: An answer is never older than its question

  A server keeps what it has answered for as long as nothing has changed that the answer was made of, and at most for a second. Before
  each answer it looks whether that still holds: at the store, which any process may have changed, at the folder of the trusted keys and
  at the folder of the user's own servers. So whoever asks after a change is answered as after the change, whichever process made it.
  What is kept belongs to the credential that it was made for; no other is ever answered with it.
  Only what the disk says of the clients' own files may be up to a second old.
  Omar runs the server and changes things beside it, each time in another process; Priya reads, over REST and through agents of two
  revisions of MCP. She reads again and again, so that her answer is kept when the change comes. Each use of a token is written down within
  half a second, and that is a change, too; where nothing else may be one, she holds the API key, whose uses nobody counts.

  @priority:critical
  Rule: What another process has changed is in the very next answer

    Scenario: A release that another process publishes is read next
      Given Priya holds a token for the server that Omar has started with the command
      And Priya has published cursor/work with "memory"
      And Priya goes on reading the configuration of cursor/work
      When Omar publishes cursor/work with "time" as well, with the command
      Then her very next answers hold release 2

    Scenario: A release that another process publishes is in the history next
      Given Priya holds a token for the server that Omar has started with the command
      And Priya has published cursor/work with "memory"
      And Priya goes on reading the releases of cursor/work
      When Omar publishes cursor/work with "time" as well, with the command
      Then her very next answers hold release 2, and release 1 before it

    Scenario: A draft that a command changes is read next
      Given Priya holds a token for the server that Omar has started with the command
      And the draft of cursor/work holds "memory"
      And Priya goes on reading the draft of cursor/work
      When Omar adds "time" to the draft of cursor/work with the command
      Then her very next answers hold "memory" and "time"

    Scenario: A draft that a second server changes is read next
      Given Priya holds the API key of the server that Omar has started with the command
      And the draft of cursor/work holds "memory"
      And Priya goes on reading the draft of cursor/work
      When Omar adds "time" to the draft of cursor/work through a second server
      Then her very next answers hold "memory" and "time"

    Scenario: A profile that another process begins is listed next
      Given Priya holds a token for the server that Omar has started with the command
      And Priya goes on reading the clients
      When Omar adds "time" to the draft of cursor/work with the command
      Then her very next answers list the profile "work" of "cursor"

  @priority:critical
  Rule: What one has is not sent again until it has changed, and then it is

    Scenario: An ETag is good until the change and no longer
      Given Priya holds a token for the server that Omar has started with the command
      And the draft of cursor/work holds "memory"
      And Priya goes on asking whether she has the draft of cursor/work
      When Omar adds "time" to the draft of cursor/work with the command
      Then her very next answers hold "memory" and "time"
      And they have another ETag, which is good in turn

  @priority:critical
  Rule: A credential that has ended opens nothing, not even what is kept

    Scenario: A token that another process revokes is refused next
      Given Priya holds a token for the server that Omar has started with the command
      And Priya goes on reading the clients
      When Omar revokes her token with the command
      Then her very next requests are refused for Invalid authentication credentials

    Scenario: A token that another process rotates is refused next
      Given Priya holds a token for the server that Omar has started with the command
      And Priya goes on reading the clients
      When Omar rotates her token with the command, without an overlap
      Then her very next requests are refused for Invalid authentication credentials

    Scenario: A token is refused from its time on, while its answers are kept
      Given Priya holds a token for the server that Omar has started with the command
      When Priya reads the clients with a token that ends meanwhile
      Then each request from its end on is refused for Invalid authentication credentials

  @priority:critical
  Rule: Trust that is withdrawn counts at once, and so does trust that is given

    Scenario: A release is refused next when the key that signed it is no longer trusted
      Given Priya holds the API key of the server that Omar has started with the command
      And Priya has published cursor/work with "memory"
      And Priya goes on reading the configuration of cursor/work
      When Omar takes the trusted key away
      Then her very next requests are refused for Signature invalid

    Scenario: A release is answered next when the key that signed it is trusted again
      Given Priya holds a token for the server that Omar has started with the command
      And Priya has published cursor/work with "memory"
      And Omar has taken the trusted key away
      And Priya goes on being refused the configuration of cursor/work for Signature invalid
      When Omar puts the trusted key back
      Then her very next answers hold release 1

  @priority:high
  Rule: The catalogue shows what is in the team's folder

    Scenario: A server of the team's own is listed next
      Given Priya holds the API key of the server that Omar has started with the command
      And Priya goes on reading the catalogue
      When Omar puts a server "handbook" of the team's own into the catalogue
      Then her very next answers list the server "handbook"

    Scenario: A server of the team's own that is gone is not listed next
      Given Priya holds the API key of the server that Omar has started with the command
      And the team keeps a server "handbook" of its own in the catalogue, which runs the package "@example/handbook"
      And Priya goes on reading the catalogue
      When Omar takes the server "handbook" out of the catalogue
      Then her very next answers don't list the server "handbook"

  @priority:high
  Rule: Where a client's file is may be up to a second old

    Scenario: A client's file that appears is named within a second
      Given Priya holds the API key of the server that Omar has started with the command
      And Priya goes on reading the clients
      When the client "amp" gets a file of another name
      Then her answers name that file, at the latest those of which she asks a second after it came

  @priority:critical
  Rule: What is kept for one credential answers no other

    Scenario: Two tokens with different limits read the same address
      Given Priya holds a token for the server that Omar has started with the command
      And Omar holds a token that is limited to cursor/work
      When Priya and Omar read the clients in turn
      Then each of Omar's answers lists "cursor" and no other client
      And each of Priya's answers lists every client

    Scenario: Two tokens with different scopes read the same address
      Given Priya holds a token for the server that Omar has started with the command
      And Omar holds a token for the scope "publish"
      When Priya and Omar read the clients in turn
      Then each of Omar's requests is refused for Insufficient scope
      And each of Priya's answers lists every client

    Scenario: The API key and a token with limits read the same address
      Given Priya holds the API key of the server that Omar has started with the command
      And Omar holds a token that is limited to cursor/work
      When Priya and Omar read the clients in turn
      Then each of Omar's answers lists "cursor" and no other client
      And each of Priya's answers lists every client
