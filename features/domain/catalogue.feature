@behavior:catalogue
Feature: The catalogue says which servers there are, and a team may add its own

  The catalogue holds the servers that can be added to a draft. Each says how it is reached, which package it runs, and which
  parameters and variables it takes. A team adds servers of its own as files in the format of the official registry, server.json,
  in the folder "servers" of the orchestrator's home; the file's base name is the server's id. They are there at once; a
  file that is edited in place is listed anew within a second. A file that can't be used is left out, and so is one that takes the
  name of a server that is built in.

  @priority:medium
  Rule: What is asked for must be there

    Scenario: Looking up a server that the catalogue does not have is refused
      When Priya looks up "nonesuch"
      Then it is refused: Server not found
      And the reason names "nonesuch"

  @priority:medium
  Rule: A team's own servers stand beside those that are built in

    Scenario: A server of the team's own is there at once
      Given the team keeps a server "handbook" of its own in the catalogue, which runs the package "@team/handbook"
      When Priya adds "handbook" to the draft of cursor/work
      Then the draft of cursor/work now starts "handbook" with "npx -y @team/handbook@1.0.0"

    Scenario: A server that is built in can't be replaced
      Given the team keeps a server "memory" of its own in the catalogue, which runs the package "@mallory/memory"
      When Priya adds "memory" to the draft of cursor/work
      Then the draft of cursor/work now starts "memory" with "npx -y @modelcontextprotocol/server-memory"

    Scenario: A file that can't be used is left out, and the others stay
      Given the team keeps a server "handbook" of its own in the catalogue, which runs the package "@team/handbook"
      And the team keeps a file "broken" in the catalogue that is no server
      When Priya searches the catalogue for "handbook"
      Then it finds "handbook" and nothing else
