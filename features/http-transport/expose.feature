@behavior:http-transport-expose
Feature: Each operation has an endpoint

  Whatever can be done with the orchestrator can be done over HTTP, with any client that speaks it:

    GET    /v1/clients                                        the clients, their files, their profiles
    GET    /v1/clients/{client_id}/profiles                   what is published and deployed in each profile
    GET    /v1/config/{client_id}/{profile_id}                the latest release, signed
    POST   /v1/config/diff                                    a configuration of yours against the latest release
    POST   /v1/config/{client_id}/{profile_id}/draft/add      a server into the draft
    POST   /v1/config/{client_id}/{profile_id}/draft/remove   a server out of the draft
    GET    /v1/config/{client_id}/{profile_id}/draft          the draft as it stands
    DELETE /v1/config/{client_id}/{profile_id}/draft          the draft emptied
    POST   /v1/config/{client_id}/{profile_id}/validate       what would hinder its publication
    POST   /v1/config/{client_id}/{profile_id}/publish        the draft as a signed release
    POST   /v1/config/{client_id}/{profile_id}/deploy         a release written into the client's own file
    GET    /v1/servers                                        the catalogue
    GET    /v1/servers/{server_id}                            one server of it
    POST   /v1/keys/initialize                                the keys that sign

  Bodies and answers are JSON. The one way of working is: add to a draft, validate it, publish it, deploy it.
  Priya publishes configurations for her team. In what follows "cursor/work" is her profile "work" of the client "cursor".

  Background:
    Given Priya holds a token for the running server

  Rule: A reader sees every client, where its file is, and what is published for it

    @priority:high
    Scenario: The clients are listed
      Given Priya has published cursor/work with "memory"
      When Priya lists the clients
      Then each client has an id, a name, a file and a list of profiles
      And the client "cursor" keeps its file at ".cursor/mcp.json" in her home
      And the client "cursor" has the profile "work" and no other

    @priority:medium
    Scenario: The profiles of a client are listed
      Given Priya has deployed cursor/work with "memory" and published it again with "time" since
      And the draft of cursor/scratch holds "time"
      When Priya lists the profiles of "cursor"
      Then the profile "work" shows release 2, as its configuration does, and release 1 as deployed but outdated
      And the profile "scratch" shows no release and no deployment

    @priority:high
    Scenario: A published configuration is fetched with the proof of its origin
      Given Priya has published cursor/work with "memory"
      When Priya fetches the configuration of cursor/work
      Then it is release 1, holds "memory", and its id is the digest of what it holds
      And its signature binds it to cursor/work, and fails as soon as Mallory alters one byte
      And it carries a strong ETag, the same each time it is fetched

    @priority:medium
    Scenario: A configuration is compared with the latest release
      Given Priya has published cursor/work with "memory", "time" and "fetch"
      When Priya compares cursor/work with a file that holds "memory", her own way of "time", "notes" and "archive"
      Then "fetch" is added, "archive" and "notes" are removed, "time" is modified and "memory" is unchanged
      And each change of "time" names its path, its old value and its new value
      And the order in which her file lists its servers makes no difference to the answer

  Rule: A draft changes one server at a time and keeps what it was given

    @priority:high
    Scenario: A server is added to a draft
      When Priya adds "memory" to the draft of cursor/work
      Then the answer says "added" and counts 1 server
      And the draft of cursor/work now holds "memory"

    @priority:medium
    Scenario: A server is removed from a draft
      Given the draft of cursor/work holds "memory" and "time"
      When Priya removes "memory" from the draft of cursor/work
      Then the answer says "removed" and counts 1 server
      And the draft of cursor/work now holds "time"
      And removing "memory" from the draft of cursor/work again is refused with 404 Server not in the draft

    @priority:low
    Scenario: A draft is viewed
      Given the draft of cursor/work holds "memory" and "time"
      When Priya views the draft of cursor/work
      Then it shows 2 servers, "memory" and "time", and how each is started
      And its revision rises with the next change

    @priority:low
    Scenario: A draft is cleared
      Given the draft of cursor/work holds "memory" and "time"
      When Priya clears the draft of cursor/work
      Then the answer says "cleared" and counts 2 servers before
      And the draft of cursor/work is now empty

  Rule: What is published is sound, signed, and the same each time it is asked for

    @priority:high
    Scenario: A sound draft validates
      Given the draft of cursor/work holds "memory" and "time"
      When Priya validates the draft of cursor/work
      Then it is valid, without an error, and counts 2 servers

    @priority:high
    Scenario: A draft is published
      Given the draft of cursor/work can be signed and holds "memory"
      When Priya publishes cursor/work
      Then the answer says "published", with an artifact id and the moment
      And the configuration of cursor/work now has that artifact id
      And publishing cursor/work again says "unchanged", with the same artifact id

  Rule: A deployment writes its own entries into the client's file and leaves all else alone

    @priority:high
    Scenario: A release is deployed
      Given the file of "cursor" already holds settings and a server of Priya's own
      And Priya has published cursor/work with "memory"
      When Priya deploys cursor/work
      Then the answer says "deployed" and names the file of "cursor"
      And the file of "cursor" now holds "memory" beside every byte that stood there before

  Rule: The catalogue says what can be added and what each server needs

    @priority:medium
    Scenario: The catalogue is listed
      When Priya lists the catalogue
      Then each server has an id, a name, a description and a transport
      And the transport "streamable-http" narrows it to exactly the servers that speak it
      And a search for "filesystem" finds "filesystem" and not "time"

    @priority:low
    Scenario: A server of the catalogue is described
      When Priya looks up "stripe"
      Then she reads that "npx" starts "@stripe/mcp", and where that is documented
      And she reads that it takes the parameter "stripe_account" and requires the variable "STRIPE_SECRET_KEY"
      And looking up "nonesuch" is refused with 404 Server not found

  Rule: Keys are made once, on request, and only their owner can read the private one

    @priority:low
    Scenario: Signing keys are made
      When Priya initializes the signing keys
      Then the answer says "initialized" and names the public key
      And the private key can be read by its owner only
      And initializing the signing keys again says "already_exists" and changes no key file

  Rule: The HTTP side is no second implementation

    @priority:medium
    Scenario: Every tool is reachable over HTTP
      Given Priya has deployed cursor/work with "memory" and "time"
      And a stdio client is connected to the same store
      When Priya performs each operation over HTTP and over stdio
      Then the 14 endpoints gave what the 10 tools gave, but for the discriminator and the moment
