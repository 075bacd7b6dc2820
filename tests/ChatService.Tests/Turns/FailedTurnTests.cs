using System.Net;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ChatService.Tests.Turns;

[Collection(SharedPostgres.Name)]
public sealed class FailedTurnTests(PostgresServer postgres)
{
    public static TheoryData<string, int, string> Faults => new()
    {
        { "error line", 502, "the GPU fell off" },
        { "connection cut", 502, "failed" },
        { "no last line", 502, "broke off" },
        { "no JSON", 502, "not JSON" },
        { "empty answer", 502, "empty answer" },
        { "busy", 503, "server busy" },
        { "no such model", 502, "model 'tutor' not found" },
        { "silence", 504, "took too long" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_model_that_fails_leaves_the_question_the_partial_answer_and_a_retry(string fault, int status, string detail)
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:IdleTimeout", "00:00:01"));
        var student = suite.Student();
        var partial = fault is "error line" or "connection cut" or "no last line" or "no JSON" or "silence" ? "Look " : "";
        suite.Model.Answer = Answer(fault);

        await using var stream = await student.StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        var events = await stream.RestAsync();
        var (name, error) = events[^1];
        Assert.Equal("error", name);
        Assert.Equal(status, error.GetProperty("status").GetInt32());
        Assert.Contains(detail, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("question is kept", error.GetProperty("detail").GetString(), StringComparison.Ordinal);

        var history = await student.HistoryAsync(session);
        Assert.Equal("Why?", history[0].GetProperty("content").GetString());
        Assert.Equal("failed", history[1].GetProperty("status").GetString());
        Assert.Equal(partial, history[1].GetProperty("content").GetString());

        suite.Model.Answer = ModelHostStandIn.Says("Now it works.");
        var retried = await student.RetryAsync(session);
        Assert.Equal("Now it works.", retried.Body.GetProperty("response_message").GetProperty("content").GetString());
        Assert.Equal(["Why?"], suite.Model.Last.Contents("user").Select(Questions.WordsOf));
    }

    [Fact]
    public async Task Waiting_for_JSON_a_failed_turn_is_a_problem_that_says_what_to_retry()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.SaysThenErrs("the GPU fell off", "Look ");
        var student = suite.Student();

        var reply = await student.StartAsync("Why?");

        Assert.Equal(HttpStatusCode.BadGateway, reply.Status);
        Assert.Equal("application/problem+json", reply.ContentType);
        var history = await student.HistoryAsync(reply.Text("session_id"));
        Assert.Equal(reply.Text("question_id"), history[0].GetProperty("id").GetString());
        Assert.Equal(reply.Text("detail"), history[1].GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_model_host_that_is_away_is_a_503()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.Model.DisposeAsync();

        var reply = await suite.Student().StartAsync("Why?");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Contains("away", reply.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answered_question_cannot_be_retried()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var session = (await student.StartAsync("Why?")).Text("session_id");

        var reply = await student.RetryAsync(session);

        Assert.Equal(HttpStatusCode.Conflict, reply.Status);
        Assert.Contains("nothing to retry", reply.Text("detail"), StringComparison.Ordinal);
        Assert.Single(suite.Model.Asked);
    }

    [Fact]
    public async Task An_endless_answer_is_stopped()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:MaxAnswerCharacters", "1000"));
        suite.Model.Answer = ModelHostStandIn.Says([.. Enumerable.Repeat(new string('x', 100), 50)]);
        var student = suite.Student();

        var reply = await student.StartAsync("Why?");

        Assert.Equal(HttpStatusCode.BadGateway, reply.Status);
        Assert.Contains("too long", reply.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(1000, (await student.HistoryAsync(reply.Text("session_id")))[1].GetProperty("content").GetString()!.Length);
    }

    private static Func<HttpContext, Task> Answer(string fault) => fault switch
    {
        "error line" => ModelHostStandIn.SaysThenErrs("the GPU fell off", "Look "),
        "connection cut" => ModelHostStandIn.SaysThenBreaks("Look "),
        "no last line" => ModelHostStandIn.SaysThenEnds("Look "),
        "no JSON" => async context =>
        {
            await ModelHostStandIn.SaysThenEnds("Look ")(context);
            await context.Response.WriteAsync("<html>\n");
        },
        "empty answer" => ModelHostStandIn.Says(),
        "busy" => ModelHostStandIn.Refuses(503, "server busy, please try again.  maximum pending requests exceeded"),
        "no such model" => ModelHostStandIn.Refuses(404, "model 'tutor' not found"),
        "silence" => ModelHostStandIn.SaysThenWaits(new Held(), "Look "),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
