@behavior:http-transport-expose
Feature: The API describes itself

    /openapi.json   what there is, in OpenAPI 3.1: for generators of clients, and for people with tools of their own
    /docs           Swagger UI, to try the operations in a browser
    /redoc          ReDoc, to read about them

  All three are made from the catalogue that the operations themselves are in, come from the server alone and need no credential.
  Nothing is loaded from another host, so they work on a machine without an internet connection.
  Priya reads them in Chromium.

  Background:
    Given Priya holds a token for the running server

  Rule: What the server can do is written in a form that programs understand

    @priority:medium
    Scenario: The schema describes the API
      When Priya fetches "/openapi.json" without credentials
      Then it is OpenAPI 3.1 without an error or a warning
      And it holds the 14 operations and nothing else
      And each has a summary, its parameters, both ways to prove who asks, and its refusals

  Rule: A person can try it without leaving the browser

    @priority:medium
    Scenario: Swagger UI works
      When Priya opens "/docs" in a browser, gives it her token and tries "list_clients"
      Then the page lists the 14 operations
      And the page shows the status 200 and the clients
      And the browser asked no other host and had nothing to complain of

  Rule: A person can read it without leaving the browser

    @priority:low
    Scenario: ReDoc works
      When Priya opens "/redoc" in a browser
      Then the page describes the 14 operations
      And the browser asked no other host and had nothing to complain of
