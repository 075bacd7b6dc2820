using System.Net;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ChatService.Tests.Actions;

[Collection(SharedPostgres.Name)]
public sealed class ActionTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_request_becomes_a_call_that_is_sent_when_its_user_approves()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);

        var (student, proposed, path) = await suite.ProposeAsync();

        Assert.Equal(HttpStatusCode.Created, proposed.Status);
        Assert.Equal(
            ("loans", "lend", "POST", $"{suite.Api.Address}/v1/books/978-3%2F16/loans?notify=true", """{"days":14 }""", "proposed"),
            (proposed.Text("api"), proposed.Text("operation"), proposed.Text("method"), proposed.Text("url"), proposed.Text("body"), proposed.Text("status")));
        Assert.Empty(suite.Api.Called);

        var sent = await student.PostAsync($"{path}/approve", null);

        Assert.Equal(("done", 200, """{"ok":true}"""), (sent.Text("status"), sent.Body.GetProperty("answer_status").GetInt32(), sent.Text("answer")));
        var call = Assert.Single(suite.Api.Called);
        Assert.Equal(("POST", "/v1/books/978-3%2F16/loans?notify=true", """{"days":14 }"""), (call.Method, call.Target, call.Body));
        Assert.Equal("Bearer the-operators", call.Headers["Authorization"]);
        Assert.DoesNotContain(call.Headers.Keys, name => name.StartsWith("X-Lyceum", StringComparison.OrdinalIgnoreCase) || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
        var listed = (await student.GetAsync("/llm/actions")).Body.GetProperty("actions");
        Assert.Equal("done", Assert.Single(listed.EnumerateArray()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_proposal_is_decided_once_however_many_approve()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        var (student, _, path) = await suite.ProposeAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => student.PostAsync($"{path}/approve", null)));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.Equal(7, replies.Count(reply => reply.Status == HttpStatusCode.Conflict));
        Assert.Single(suite.Api.Called);
    }

    [Fact]
    public async Task A_rejected_proposal_is_not_sent_and_nobody_else_sees_it()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        var (student, _, path) = await suite.ProposeAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await suite.Chat.Student("eve").PostAsync($"{path}/approve", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Chat.Student("eve").GetAsync(path)).Status);
        Assert.Equal("rejected", (await student.PostAsync($"{path}/reject", null)).Text("status"));
        Assert.Equal(HttpStatusCode.Conflict, (await student.PostAsync($"{path}/approve", null)).Status);
        Assert.Empty(suite.Api.Called);
    }

    [Fact]
    public async Task A_proposal_lapses_when_its_api_changes()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        var (student, _, path) = await suite.ProposeAsync();

        await suite.RegisterAsync(suite.Document());

        Assert.Equal(HttpStatusCode.Conflict, (await student.PostAsync($"{path}/approve", null)).Status);
        Assert.Empty(suite.Api.Called);
    }

    [Fact]
    public async Task Arguments_that_stay_invalid_are_a_422_with_the_errors()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);

        var (_, reply, _) = await suite.ProposeAsync(days: "90");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:lyceum:action:invalid"), (reply.Status, reply.Text("type")));
        Assert.Equal("/body/days", reply.Body.GetProperty("errors")[0].GetProperty("instance_path").GetString());
    }

    [Fact]
    public async Task A_path_parameter_does_not_leave_its_segment()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);

        foreach (var isbn in (string[])["..", ".", ""])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await suite.ProposeAsync(isbn: isbn)).Action.Status);
        }
    }

    [Fact]
    public async Task A_request_that_no_operation_serves_is_a_422()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        await suite.RegisterAsync(suite.Document());
        suite.Says("""{"operation":"none"}""");

        var reply = await suite.Chat.Student().PostAsync("/llm/actions", new { request = "Sing!" });

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:lyceum:action:none"), (reply.Status, reply.Text("type")));
    }

    [Fact]
    public async Task A_wrong_request_names_the_field()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        await suite.RegisterAsync(suite.Document());
        (string Body, string Field)[] wrong =
        [
            ("""{}""", "request"),
            ("""{"request":"a","api":"none"}""", "api"),
            ("""{"request":"a","operation":"lend"}""", "api"),
            ("""{"request":"a","api":"loans","operation":"steal"}""", "operation"),
            ("""{"request":"a","model":""}""", "model"),
        ];

        foreach (var (body, field) in wrong)
        {
            var reply = await suite.Chat.Student().PostTextAsync("/llm/actions", body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
            Assert.True(reply.Body.GetProperty("errors").TryGetProperty(field, out _), body);
        }
    }

    [Fact]
    public async Task A_name_that_resolves_to_a_private_address_is_not_called()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        // The same server, allowed by its name but not as a private one.
        var (student, _, path) = await suite.ProposeAsync($"http://localhost:{new Uri(suite.Api.Address).Port}");

        var reply = await student.PostAsync($"{path}/approve", null);

        Assert.Equal("failed", reply.Text("status"));
        Assert.Contains("public internet", reply.Text("failure"), StringComparison.Ordinal);
        Assert.Empty(suite.Api.Called);
    }

    [Fact]
    public async Task A_redirect_is_told_and_not_followed()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        var (student, _, path) = await suite.ProposeAsync();
        suite.Api.Answer = context =>
        {
            context.Response.Redirect($"{suite.Api.Address}/internal", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };

        Assert.Equal(307, (await student.PostAsync($"{path}/approve", null)).Body.GetProperty("answer_status").GetInt32());
        Assert.Single(suite.Api.Called);
    }

    [Fact]
    public async Task An_answer_is_cut_at_a_limit_and_one_that_does_not_come_is_given_up()
    {
        await using var suite = await ActionSuite.StartAsync(postgres, ("Actions:MaxAnswerBytes", "1000"), ("Actions:CallTimeout", "00:00:01"));
        var (student, _, path) = await suite.ProposeAsync();
        suite.Api.Answer = context => context.Response.WriteAsync(new string('a', 1_000_000) + "\0");
        Assert.Equal(1000, (await student.PostAsync($"{path}/approve", null)).Text("answer").Length);

        (student, _, path) = await suite.ProposeAsync();
        suite.Api.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var late = await student.PostAsync($"{path}/approve", null);
        Assert.Equal("failed", late.Text("status"));
        Assert.Contains("within 1 s", late.Text("failure"), StringComparison.Ordinal);
    }
}
