@behavior:value-explanation
Feature: What the explanations claim can be tried

    docs/explanation/

  An explanation says why, and how things hang together; and it shows what it says. Its commands are run from its own text, and its outputs
  are compared with what comes.

  Priya doubts what she reads, and tries it.

  Rule: A release needs nobody's word but its publisher's key

    @priority:critical
    Scenario: Openssl finds in a release what the page on signing says
      Given Priya has the product's commands
      When Priya follows "docs/explanation/signing.md"
      Then every command ends well
      And every output is the one that the guide shows

    @priority:high
    Scenario: Two files are all that a release is verified by
      Given Priya has the product's commands
      When Priya follows "docs/explanation/verify.md"
      Then every command ends well
      And every output is the one that the guide shows

  Rule: A file is its owner's

    @priority:critical
    Scenario: A client's file comes back to the byte
      Given Priya has the product's commands
      When Priya follows "docs/explanation/deploys.md"
      Then every command ends well
      And every output is the one that the guide shows

  Rule: What happens can be known

    @priority:high
    Scenario: The audit log is computed anew without the product
      Given Priya has the product's commands
      When Priya follows "docs/explanation/audit.md"
      Then every command ends well
      And every output is the one that the guide shows

    @priority:high
    Scenario: An event is heard in a terminal, in a browser and in a program
      Given Priya has the product's commands
      When Priya follows "docs/explanation/events.md"
      Then every command ends well
      And every output is the one that the guide shows

  Rule: What a host app can do, it can do as it is written

    @priority:high
    Scenario: A host serves an MCP server of its own as the page on MCP shows
      Given Priya has the product's commands
      When Priya follows "docs/explanation/mcp-over-http.md"
      Then every command ends well
      And every output is the one that the guide shows

  Rule: What is said in figures is measured

    @priority:medium
    Scenario: The list of tools is as large as the page on tools says
      Given Priya has the product's commands
      When Priya follows "docs/explanation/tools-and-operations.md"
      Then every command ends well
      And every output is the one that the guide shows
