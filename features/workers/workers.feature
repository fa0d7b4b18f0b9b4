@behavior:workers
Feature: Several processes serve as one

    mcp-orchestration-serve-http --workers 2

  starts two processes, the workers, on one port and one home, for a machine whose cores one process can't use. What one process promises
  they promise together: they share the store and the count of wrong credentials, so it makes no difference which of them a request comes
  to. The process that Omar starts serves nothing itself: it starts the workers, puts another in the place of one that ends, and stops
  them all when it is told to stop.
  A connection belongs to one worker, and the next connection to the next. Priya makes a new one for each request here.

  @priority:high
  Rule: What is known to one worker is known to each

    Scenario: A store that is the memory of one process is refused
      When Omar starts the server with 2 workers on the memory store
      Then it exits with 2
      And it says that workers can't share that store

    Scenario: A token that was revoked through one worker is refused by each
      Given Priya has been answered by each of the 2 workers that Omar has started
      When Omar revokes her token through one of them
      Then each of them refuses her next request with 401 Invalid authentication credentials

    Scenario: Guesses at several workers are counted together
      Given Priya has been answered by each of the 2 workers that Omar has started
      When Mallory guesses 25 tokens from the address of Priya
      Then the first 20 are refused with 401 Invalid authentication credentials
      And the other 5 are refused with 429 Rate limited
      And Priya is answered all the same

  @priority:critical
  Rule: What was acknowledged stays

    Scenario: The crash of a worker loses no acknowledged change
      Given Priya has been answered by each of the 2 workers that Omar has started
      When one of them is killed while Priya adds 20 servers to the draft of cursor/work at once
      Then the draft of cursor/work holds each server whose addition was acknowledged
      And another worker takes its place

  @priority:high
  Rule: A stop loses no request

    Scenario: A stop waits for every worker
      Given Priya has been answered by each of the 2 workers that Omar has started
      And she has a request in flight at each of them
      When Omar interrupts the server
      Then each of her requests is answered in full
      And the server exits with 0 within 5 seconds, its log telling the start and the end of the stop
