using System.Net;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Turns;

[Collection(SharedPostgres.Name)]
public sealed class StreamTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_answer_is_streamed_as_it_grows_and_is_stored_when_done_is_said()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ", "at \"x\"\n.");
        var student = suite.Student();

        await using var stream = await student.StreamStartAsync("Why?");
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.MediaType);
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.ReadAsync("Look at \"x\"\n.");

        var running = await student.HistoryWhenAsync(session, history => history[^1].GetProperty("content").GetString()!.Length > 0);
        Assert.Equal("running", running[^1].GetProperty("status").GetString());

        held.GoOn.SetResult();
        await stream.ReadAsync(" And that is all.");
        var done = await stream.NextAsync("done");
        Assert.Equal(session, done.GetProperty("session").GetProperty("session_id").GetString());
        var history = await student.HistoryAsync(session);
        Assert.Equal("Look at \"x\"\n. And that is all.", history[^1].GetProperty("content").GetString());
        Assert.True(JsonElement.DeepEquals(done.GetProperty("message"), history[^1]));
        Assert.Empty(await stream.RestAsync());
    }

    [Fact]
    public async Task The_question_is_stored_before_the_model_is_asked()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held);

        await using var stream = await suite.Student().StreamStartAsync("Is this kept?");
        var first = await stream.NextAsync("session");
        var history = await suite.Student().HistoryAsync(first.GetProperty("session_id").GetString()!);

        Assert.Equal(first.GetProperty("question_id").GetString(), history[0].GetProperty("id").GetString());
        Assert.Equal("Is this kept?", history[0].GetProperty("content").GetString());
        Assert.Equal("queued", history[1].GetProperty("status").GetString());
        held.GoOn.SetResult();
        await stream.RestAsync();
    }

    [Fact]
    public async Task Deleting_a_conversation_ends_its_turn()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        var student = suite.Student();
        await using var stream = await student.StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.NextAsync("delta");

        using var deleted = await student.Http.DeleteAsync(new Uri($"/llm/chat/{session}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(409, (await stream.NextAsync("error")).GetProperty("status").GetInt32());
        await held.CallerGone.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
