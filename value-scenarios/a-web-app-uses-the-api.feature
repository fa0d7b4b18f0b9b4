@behavior:value-web-app
Feature: A web app uses the API from another origin
  The dashboard of examples/web-app/ comes from an origin of its own, without a build step. In a real Chromium it does the whole job,
  from the catalogue to the client's file, over HTTP alone. It shows what a change will do before it is made, tells what others do
  while they do it, and overwrites nobody's work. Only refusals that a scenario is about may show in the browser's console.

  Background:
    Given Priya has the dashboard in a browser, from another origin than the server's

  Rule: Who may not is told why, where it happens

    @priority:critical
    Scenario: A token that nobody made is refused at its field
      When Mallory connects with a token that nobody made
      Then the dashboard says "Invalid authentication credentials", with the code and the request id
      And the token's field is the one to type into
      And nothing of it is kept in the tab

    @priority:high
    Scenario: A token that is revoked closes the page that uses it
      Given the draft of cursor/work holds "memory"
      And Priya looks at cursor/work
      When Omar revokes her token
      Then the dashboard says "Invalid authentication credentials", with the code and the request id
      And the token's field is the one to type into

    @priority:medium
    Scenario: A token that one asked to keep outlives a reload, and no more
      When Priya connects, asks to keep her token in the tab, and reloads the page
      Then she is still connected
      And a new tab asks for a token

    @priority:high
    Scenario: What a token may not do is switched off once the server has said so
      Given the draft of cursor/work holds "memory"
      When Priya publishes cursor/work with a token that may only read and write
      Then the dashboard says "Insufficient scope", with the code and the request id
      And "Publish…" is switched off
      And nothing of cursor/work is published

    @priority:high
    Scenario: The page's own server gives its files away, and no others
      When Mallory asks the dashboard's own server for
        | /page/../serve.ts               |
        | /page/..%2fserve.ts             |
        | /page/%2e%2e/%2e%2e/demo.ts     |
        | /lit-html/../../package.json    |
        | /lit-html/..%2f..%2fpackage.json |
        | /page/tsconfig.json             |
        | /page/%00.ts                    |
        | /page/                          |
        | /%                              |
      Then there is nothing of the kind

    @priority:high
    Scenario: What the API finds wrong stands at its field
      When Priya adds GitHub's server to the draft of cursor/work without its token
      Then "GITHUB_PERSONAL_ACCESS_TOKEN" is marked, says that it is needed, and is the field to type into
      And the draft of cursor/work is empty

    @priority:high
    Scenario: A token that was kept is gone once one connects without keeping it
      Given Priya has kept her token in the tab, and finds the server gone when she reloads the page
      When she connects anew without asking to keep her token
      Then nothing of it is kept in the tab

    @priority:medium
    Scenario: What the page's own server can't be started with is said in a sentence
      When Omar starts the dashboard's own server with
        | address            | PORT  |
        | config.example.com | 0     |
        | localhost:8000     | 0     |
        |                    | abc   |
        |                    | taken |
      Then it ends with
        | 2 | "config.example.com" is no address of a server. Give it with its scheme, such as http://127.0.0.1:8000. |
        | 2 | "localhost:8000" is no address of a server. Give it with its scheme, such as http://127.0.0.1:8000.     |
        | 2 | PORT is "abc". Give a port from 0 to 65535; 0 takes one that is free.                                   |
        | 1 | Port … is taken. Set PORT to another one; 0 takes one that is free.                                     |

  Rule: A browser lets it read and change

    @priority:critical
    Scenario: Each change is asked for before it is sent
      When Priya adds "memory" to the draft of cursor/work
      Then the browser asked before whether it may send a POST with its token, its condition and its key
      And no request carried a cookie
      And the dashboard asked no other server

    @priority:high
    Scenario: A change whose answer is lost is not made twice
      When Priya adds "memory" to the draft of cursor/work, the answer is lost, and she presses the button again
      Then the dashboard says that "memory" is in the draft
      And the server was asked twice under one key, and has done it once

    @priority:high
    Scenario: A change for which a proxy answers is not made twice
      When Priya adds "memory" to the draft of cursor/work, a proxy answers for the server, and she presses the button again
      Then the dashboard says that "memory" is in the draft
      And the server was asked twice under one key, and has done it once

    @priority:high
    Scenario: What was changed after a lost answer is another change
      Given the draft of cursor/work holds "memory"
      When Priya publishes cursor/work, the answer is lost, and she publishes it with another changelog
      Then the dashboard says that release 2 is published

    @priority:high
    Scenario: A change that fails after its dialog was closed is told on the page
      Given the draft of cursor/work holds "memory"
      When Priya publishes cursor/work, closes the dialog, and the answer is lost
      Then the page says "Publishing cursor/work: Server unreachable"

    @priority:high
    Scenario: Whoever disconnects while a change is under way hears no more of it
      Given the draft of cursor/work holds "memory"
      When Priya publishes cursor/work, disconnects before the answer comes, and connects again
      Then the page says nothing of it

    @priority:high
    Scenario: What was found in one draft is not shown with another
      Given the draft of cursor/work holds "memory"
      And the draft of cursor/home holds "time"
      When Priya validates cursor/work, and has gone to cursor/home before the answer comes
      Then nothing is said of what was found

  Rule: What a change does is seen before it is made

    @priority:critical
    Scenario: A server goes from the catalogue to the file by keyboard alone
      When Priya takes "memory" from the catalogue to the file of cursor/work by keyboard alone
      Then she saw "+ Added memory" while nothing of cursor/work was published
      And she saw '+    "memory": {' while the file of Cursor was not there
      And the file of Cursor holds "memory"

    @priority:critical
    Scenario: What becomes of each server is told before it is published
      Given release 2 of cursor/work, which added "time" to "memory", is deployed
      And the draft of cursor/work has lost "time", gained "fetch", and keeps "memory" in a file
      When Priya opens the dialog to publish cursor/work
      Then it tells what publishing does:
        | + Added fetch                                                                           |
        | − Removed time                                                                          |
        | ± Changed memory /env/MEMORY_FILE_PATH − was nothing + becomes "/home/priya/memory.jsonl" |

    @priority:critical
    Scenario: An earlier release comes back
      Given release 2 of cursor/work, which added "time" to "memory", is deployed
      When Priya rolls cursor/work back to release 1
      Then she saw '-    "time": {' while the file of Cursor held "time"
      And the file of Cursor holds "memory" alone
      And the dashboard shows cursor/work as "Outdated"

    @priority:high
    Scenario: What somebody edited by hand is replaced only when asked for
      Given release 2 of cursor/work, which added "time" to "memory", is deployed
      And somebody has edited an entry in the file of Cursor
      When Priya deploys release 1 of cursor/work and, told of the conflict, chooses to overwrite
      Then the file of Cursor holds "memory" alone
      And she is told where the backup is

    @priority:critical
    Scenario: An entry that was not shown as edited is not overwritten
      Given release 2 of cursor/work, which added "time" to "memory", is deployed
      And somebody has edited an entry in the file of Cursor
      When Priya deploys release 1 of cursor/work, chooses to overwrite, and another entry is edited before she does
      Then the dialog says "The file has changed meanwhile", and shows the difference anew
      And the file of Cursor holds the later edit

    @priority:medium
    Scenario: Whose entries go when another profile is deployed is told before
      Given release 2 of cursor/work, which added "time" to "memory", is deployed
      And a release of cursor/home says "For the evenings"
      When Priya opens the dialog to deploy cursor/home
      Then it tells that what is removed is of cursor/work

  Rule: Nobody overwrites what somebody else has done

    @priority:critical
    Scenario: A draft that was changed meanwhile is shown anew instead of being published
      Given Priya has opened the dialog to publish cursor/work with "memory", and Omar has added "time" since
      When Priya publishes what she saw
      Then the dashboard says "Somebody else changed the draft", with the code and the request id
      And it shows "+ Added time" among what would be published
      And nothing of cursor/work is published

    @priority:high
    Scenario: A server is not added to a draft that was changed meanwhile
      Given the draft of cursor/work holds "memory"
      And Priya has opened the form to add "fetch" to cursor/work, and Omar has added "time" since
      When Priya adds what she chose
      Then the dashboard says "Somebody else changed the draft", with the code and the request id
      And the draft of cursor/work holds "memory" and "time" alone

  Rule: An open page stays true

    @priority:critical
    Scenario: What somebody else publishes shows at once
      Given release 2 of cursor/work, which added "time" to "memory", is deployed
      And Priya looks at cursor/work
      When Omar publishes release 3 of cursor/work
      Then the dashboard shows cursor/work as "Outdated"
      And its activity says "Release 3 was published."

    @priority:high
    Scenario: A file that somebody edits shows at once
      Given release 2 of cursor/work, which added "time" to "memory", is deployed
      And Priya looks at cursor/work
      When somebody edits an entry in the file of Cursor
      Then the dashboard shows cursor/work as "Edited"
      And its activity says "The file is edited."

    @priority:critical
    Scenario: A server that is gone and comes back is found again
      Given the draft of cursor/work holds "memory"
      And Priya looks at cursor/work
      When the server stops, and starts again after Omar has added "time" to the draft of cursor/work
      Then the dashboard said meanwhile that the server can't be reached
      And it shows "time" in the draft, live again, without a reload

    @priority:high
    Scenario: A try that hangs can be given up
      Given Priya looks at cursor/work
      When the server stops, starts again but leaves a try without an answer, and Priya presses "Try now"
      Then the dashboard is live

    @priority:critical
    Scenario: A release that can't be trusted keeps nobody from anything else
      Given the draft of zed/home holds "time"
      And a release of cursor/work is signed with a key that is no longer trusted
      When Priya connects at the address of cursor/work
      Then the list says so at Cursor, and the page in the profile's place
      And zed/home can be looked at

  Rule: What others write is text, whatever it says

    @priority:critical
    Scenario: A changelog with markup stays text
      Given a release of cursor/work says '<img src=x onerror="document.title=1"><script>document.title=2</script>'
      When Priya opens cursor/work
      Then that is shown, letter by letter
      And no element came of it

  Rule: It fits the screen and can be read

    @priority:high
    Scenario Outline: Every screen fits a <device> in <theme> colours
      Given a team's machine after some weeks of work
      When Priya goes through every screen on a <device> in <theme> colours
      Then no screen is wider than the <device>
      And every text stands out from its ground as WCAG AA asks
      And every control has a name

      Examples:
        | device  | theme |
        | phone   | light |
        | phone   | dark  |
        | handset | light |
        | desktop | light |
        | desktop | dark  |
