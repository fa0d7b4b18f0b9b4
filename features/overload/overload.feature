@behavior:overload
Feature: Too much to do, or too slow a caller, makes nobody else wait

  Requests begin as fast as they can be answered; the others wait for their turn. Who would have to wait for more than 800 ms is refused
  with 503 (overloaded), and Retry-After says in how many seconds to try again. So whoever is let in is answered in time, however many
  come. The same goes while something else in the process holds the event loop up for so long.

    --max-delay 250   refuses sooner; in a Node app, createHttpTransport({ overload: { maxDelayMs: 250 } })
    --max-delay off   refuses nobody, and lets everybody wait

  /health and /ready are always answered: a server is not to be restarted for having much to do.

  A request has 60 seconds to arrive in full (requestTimeoutMs). After that the connection is closed, with 408 if the request had begun.

  @priority:high
  Rule: What could not be answered in time is refused, and is told when to come back

    Scenario: A request is refused while there is no time for it
      Given Priya holds a token for the server in Omar's app
      And the app leaves the server no time
      When Priya lists the clients
      Then it is refused with 503 Overloaded
      And it is told in how many seconds to come back

    Scenario: A change that is refused has not been begun
      Given Priya holds a token for the server in Omar's app
      And the app leaves the server no time
      When Priya adds "memory" to the draft of cursor/work
      Then it is refused with 503 Overloaded
      And nothing has changed

    Scenario: An agent is refused like everybody
      Given Priya holds a token for the server in Omar's app
      And the app leaves the server no time
      When Priya's agent lists the tools
      Then it is refused with 503 Overloaded

    Scenario: Of thousands of requests at once some are answered and the others refused
      Given Priya holds a token for the server in Omar's app
      When Priya lists the clients on 1500 connections at once
      Then each answer lists the clients, or is refused with 503 Overloaded
      And there are some of both

  @priority:high
  Rule: Whoever decides about a restart is answered in any case

    Scenario: A probe is answered while requests are refused
      Given Priya holds a token for the server in Omar's app
      And the app leaves the server no time
      When Mallory asks for "/health" without credentials
      Then the answer is the status "healthy" and not a word more

  @priority:high
  Rule: It is over as soon as there is time again

    Scenario: Requests are answered again, and the log tells of it once
      Given Priya holds a token for the server in Omar's app
      And the app leaves the server no time, and Priya was refused 3 times
      When the app leaves the server time again
      Then Priya is answered as before
      And the log tells once that requests were refused, and once that it is over

  @priority:high
  Rule: A caller that does not finish its request is let go

    Scenario: Slow callers are cut off, and keep nobody from being answered
      Given Priya holds a token for a server that gives a request 2000 ms to arrive
      When Mallory opens 200 connections on which she sends nothing, half a head or half a body
      Then Priya is answered meanwhile
      And each of them is closed, those that had begun with 408 Request timeout
