@behavior:value-n8n
Feature: An n8n workflow fetches a configuration
  Omar lets n8n look after his machine. He imports the four workflows of examples/n8n/, gives n8n one header credential, fills in each
  workflow's Settings, and is told where they can't go on. What runs here is the workflow's own file: its nodes are walked, its
  expressions evaluated, its requests sent to a running server. `npm run value:n8n` executes the same files in a real n8n.

  Background:
    Given Omar's workflows hold a token for his server

  Rule: The daily deploy brings the file up to date and overwrites nobody's work

    @priority:critical
    Scenario: A release that is not in the file yet is deployed
      Given his server holds a release of cursor/work with "memory"
      When the workflow "daily-deploy" runs for cursor/work
      Then it ends at "Report"
      And his file of cursor holds "memory"

    @priority:high
    Scenario: A file that is as it should be is left alone
      Given his server has deployed cursor/work with "memory"
      When the workflow "daily-deploy" runs for cursor/work
      Then it ends at "Nothing to do"
      And it has changed nothing

    @priority:critical
    Scenario: An entry that somebody edited stays, and Omar is told
      Given his server has deployed cursor/work with "memory", which Priya has edited since
      When the workflow "daily-deploy" runs for cursor/work
      Then Omar is told: '"memory" was deployed and has been edited in the file since'
      And it has changed nothing

    @priority:high
    Scenario: A profile that was never published is told, in a sentence
      Given the draft of cursor/work on his server holds "memory"
      When the workflow "daily-deploy" runs for cursor/work
      Then Omar is told: 'cursor/work has a draft and no release'
      And it has changed nothing

    @priority:high
    Scenario: A server that does not answer is told
      Given his server is down
      When the workflow "daily-deploy" runs for cursor/work
      Then Omar is told: 'ECONNREFUSED'

  Rule: Only what is valid is published

    @priority:critical
    Scenario: A valid draft is published
      Given the draft of cursor/work on his server holds "memory", and there is a signing key
      When the workflow "validate-then-publish" runs for cursor/work
      Then it ends at "Report"
      And the latest release of cursor/work is number 1

    @priority:critical
    Scenario: A draft that is not valid is not published, and Omar is told why
      Given the draft of cursor/work on his server holds "memory" with the placeholder "{folder}"
      When the workflow "validate-then-publish" runs for cursor/work
      Then Omar is told: 'The placeholder {folder} has no value'
      And it has changed nothing

    @priority:high
    Scenario: A draft that nobody can sign is not published, and Omar is told what is missing
      Given the draft of cursor/work on his server holds "memory"
      When the workflow "validate-then-publish" runs for cursor/work
      Then Omar is told: 'There is no key to sign with'
      And it has changed nothing

  Rule: Drift is told in one message, and only when there is some

    @priority:high
    Scenario: Each file that is not as deployed is in the list, and no other
      Given his server has deployed cursor/work with "memory", which Priya has edited since
      And his server has deployed zed/home with "time", and released "memory" for it since
      And his server has deployed windsurf/home with "time"
      When the workflow "drift-alert" runs
      Then Omar is told of these alone:
        | cursor/work is edited |
        | zed/home is outdated  |

    @priority:medium
    Scenario: Where every file is as deployed, nobody is told anything
      Given his server has deployed cursor/work with "memory"
      When the workflow "drift-alert" runs
      Then it ends at "Drifted"
      And it has changed nothing

  Rule: One run sets a machine up, and a second run changes nothing

    @priority:critical
    Scenario: A machine without keys, draft and file has all three after one run
      When the workflow "onboard-a-machine" runs for cursor/work with the servers "memory" and "time"
      Then it ends at "Report"
      And the latest release of cursor/work is number 1
      And his file of cursor holds "memory" and "time"

    @priority:high
    Scenario: A machine that was set up stays as it is
      Given the workflow "onboard-a-machine" has run for cursor/work with the servers "memory" and "time"
      When the workflow "onboard-a-machine" runs for cursor/work with the servers "memory" and "time"
      Then it ends at "Report"
      And it has changed nothing

    @priority:high
    Scenario: A server that the catalogue doesn't have stops it before anything is published
      When the workflow "onboard-a-machine" runs for cursor/work with the servers "memory" and "no-such-server"
      Then Omar is told: 'There is no server "no-such-server" in the catalogue'
      And cursor/work has no release

  Rule: What a proxy answers in place of the server is told as well

    @priority:high
    Scenario Outline: "<workflow>" tells that "<path>" was answered with <answer>
      Given the draft of cursor/work on his server holds "memory", and there is a signing key
      And a proxy answers "<path>" with <answer>
      When the workflow "<workflow>" runs for cursor/work
      Then Omar is told: '<told>'
      And cursor/work has no release

      Examples:
        | workflow              | path             | answer               | told                            |
        | daily-deploy          | /profiles        | 502 and a page       | 502 - "<html>                   |
        | daily-deploy          | /profiles        | 504 and nothing else | 504 - ""                        |
        | validate-then-publish | /publish         | 502 and a page       | Response body is not valid JSON |
        | validate-then-publish | /publish         | 504 and nothing else | HTTP 504, no reason given       |
        | onboard-a-machine     | /keys/initialize | 502 and a page       | Response body is not valid JSON |
        | onboard-a-machine     | /draft/add       | 504 and nothing else | - HTTP 504, no reason given     |

    @priority:high
    Scenario Outline: A deploy that is answered with <answer> is told
      Given his server holds a release of cursor/work with "memory"
      And a proxy answers "/deploy" with <answer>
      When the workflow "daily-deploy" runs for cursor/work
      Then Omar is told: '<told>'
      And it has changed nothing

      Examples:
        | answer               | told                            |
        | 502 and a page       | Response body is not valid JSON |
        | 504 and nothing else | HTTP 504, no reason given       |

    @priority:high
    Scenario: A list of clients that is answered with a page is told
      Given a proxy answers "/v1/clients" with 502 and a page
      When the workflow "drift-alert" runs
      Then Omar is told: '502 - "<html>'

  Rule: Whoever is faster wins, and what is sent again is done once

    @priority:high
    Scenario: A draft that Priya changes after it was validated is not published
      Given the draft of cursor/work on his server holds "memory", and there is a signing key
      And Priya adds "time" to the draft of cursor/work right before "Publish"
      When the workflow "validate-then-publish" runs for cursor/work
      Then Omar is told: 'is not what If-Match names'
      And cursor/work has no release

    @priority:high
    Scenario: A release that Priya publishes after the dry run is left for the next run
      Given his server holds a release of cursor/work with "memory"
      And Priya publishes cursor/work with "time" as well right before "Deploy"
      When the workflow "daily-deploy" runs for cursor/work
      Then Omar is told: 'is not what If-Match names'
      And there is no file of cursor

    @priority:high
    Scenario Outline: A change whose answer was lost is made once, at "<node>"
      Given n8n gets no answer when it first sends "<node>"
      When the workflow "onboard-a-machine" runs for cursor/work with the servers "memory" and "time"
      Then it ends at "Report"
      And "<node>" was answered as at first

      Examples:
        | node       |
        | Add server |
        | Publish    |
        | Deploy     |
