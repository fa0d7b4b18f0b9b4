@behavior:http-transport-lifecycle
Feature: The server starts, runs and stops like a good neighbour

    mcp-orchestration-serve-http --host 127.0.0.1 --port 8000 --log-level info

  starts the HTTP server, says where it listens, and stops when it is interrupted (Ctrl+C) or terminated: it takes no new requests,
  finishes those it has, and exits with 0. A supervisor watches /health, which needs no credential.
  Omar operates the server.

  Rule: The server listens where it is told to and nowhere else

    @priority:low
    Scenario: A taken port is reported
      Given Priya holds a token for the server that Omar has started with the command
      When Omar starts another one on the same port
      Then it exits with 1
      And it says "Address already in use" and which, without a stack trace
      And the first server is the same process on the same socket and answers Priya
      And nothing has changed

    @priority:medium
    Scenario: Host and port are chosen
      When Omar starts the server with the command on a port of 127.0.0.1
      Then it listens on that port of 127.0.0.1 and on no other address
      And no other interface of this machine accepts a connection to that port

    @priority:high
    Scenario: The server starts
      When Omar starts the server with the command on a port of 127.0.0.1
      Then it answers a request within 5 seconds of its start
      And its log says where it is running and where its docs are

  Rule: A stranger learns that the server is well, and nothing else

    @priority:high
    Scenario: Health is answered
      Given the server is running
      When Mallory asks for "/health" without credentials
      Then it is answered with 200
      And the answer is the status "healthy" and not a word more

  Rule: A log tells what happened and keeps every secret

    @priority:medium
    Scenario: The log level is chosen
      Given Omar has started a server for each log level
      When Priya sends each server good and wrong credentials, where they belong and where they don't
      Then the log at "debug" shows the method, path, status and id of each request
      And the log at "error" shows no request
      And no log shows a token, a key or the secret of a body

  Rule: A stop loses no request

    @priority:high
    Scenario: The server stops gracefully
      Given Omar has started two servers with the command
      And Priya has a request in flight at each of them
      When Omar interrupts the first and terminates the second
      Then each takes no new connection while it finishes Priya's request
      And Priya's requests are answered in full
      And each exits with 0 within 5 seconds, its log telling the start and the end of the stop
