using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Conversations;

[Collection(SharedPostgres.Name)]
public sealed class ConversationTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_conversation_is_started_continued_read_listed_and_deleted()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();

        var started = await student.StartAsync("Why does my cell fail?\nIt worked before.", new { notebook_path = "Task.ipynb" });
        Assert.Equal(HttpStatusCode.OK, started.Status);
        var session = started.Text("session_id");
        var answer = started.Body.GetProperty("message");
        Assert.Equal("Look at line 2.", answer.GetProperty("content").GetString());
        Assert.Equal("assistant", answer.GetProperty("sender").GetString());
        Assert.Equal("stand-in:1b", answer.GetProperty("model").GetString());

        var asked = await student.AskAsync(session, "And then?");
        Assert.Equal("done", asked.Body.GetProperty("response_message").GetProperty("status").GetString());
        Assert.Equal(session, asked.Body.GetProperty("updated_session").GetProperty("session_id").GetString());

        var history = await student.HistoryAsync(session);
        Assert.Equal(["user", "assistant", "user", "assistant"], history.Select(message => message.GetProperty("sender").GetString()));
        Assert.Equal(["Why does my cell fail?\nIt worked before.", "Look at line 2.", "And then?", "Look at line 2."], history.Select(message => message.GetProperty("content").GetString()));
        Assert.All(history, message => Assert.Equal("done", message.GetProperty("status").GetString()));
        Assert.All(history, message => Assert.Equal(session, message.GetProperty("session_id").GetString()));

        var listed = Assert.Single((await student.GetAsync("/llm/chat/sessions/")).Body.GetProperty("sessions").EnumerateArray());
        Assert.Equal("Why does my cell fail?", listed.GetProperty("title").GetString());
        Assert.Equal("Task.ipynb", listed.GetProperty("notebook_path").GetString());

        using var deleted = await student.Http.DeleteAsync($"/llm/chat/{session}/");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await student.GetAsync($"/llm/chat/{session}/history/")).Status);
        Assert.Empty((await student.GetAsync("/llm/chat/sessions")).Body.GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public async Task Conversations_are_listed_newest_first_by_page_and_by_notebook()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        List<string> started = [];
        foreach (var notebook in (string[])["A.ipynb", "B.ipynb", "A.ipynb"])
        {
            started.Add((await student.StartAsync("Why?", new { notebook_path = notebook })).Text("session_id"));
        }

        await suite.Student("somebody-else").StartAsync("Mine!", new { notebook_path = "A.ipynb" });

        Assert.Equal([started[2], started[1]], await IdsAsync("?limit=2"));
        Assert.Equal([started[0]], await IdsAsync($"?limit=2&before={started[1]}"));
        Assert.Equal([started[2], started[0]], await IdsAsync("?notebook_path=A.ipynb"));

        async Task<string[]> IdsAsync(string query) =>
            [.. (await student.GetAsync($"/llm/chat/sessions/{query}")).Body.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("session_id").GetString()!)];
    }

    [Fact]
    public async Task A_long_history_is_read_from_its_end_in_pages()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var session = (await student.StartAsync("one")).Text("session_id");
        await student.AskAsync(session, "two");

        var last = (await student.GetAsync($"/llm/chat/{session}/history/?limit=2")).Body.GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal("two", last[0].GetProperty("content").GetString());
        var first = (await student.GetAsync($"/llm/chat/{session}/history/?limit=2&before={last[0].GetProperty("id").GetString()}")).Body.GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal("one", first[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Somebody_elses_conversation_is_not_there()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("Mine")).Text("session_id");
        var other = suite.Student("eve");

        await AssertNotThereAsync(await other.GetAsync($"/llm/chat/{session}/history/"));
        await AssertNotThereAsync(await other.AskAsync(session, "Let me in"));
        await AssertNotThereAsync(await other.RetryAsync(session));
        using var deleted = await other.Http.DeleteAsync($"/llm/chat/{session}/");
        await AssertNotThereAsync(await Reply.ReadAsync(deleted));
        Assert.Equal(2, (await suite.Student().HistoryAsync(session)).Length);

        Task AssertNotThereAsync(Reply reply)
        {
            Assert.Equal(HttpStatusCode.NotFound, reply.Status);
            Assert.Equal("application/problem+json", reply.ContentType);
            Assert.Contains(session, reply.Text("detail"), StringComparison.Ordinal);
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("not-a-uuid")]
    [InlineData("0198a000-0000-7000-8000-000000000000")]
    public async Task An_unknown_conversation_is_a_404_that_names_it(string session)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        var reply = await suite.Student().GetAsync($"/llm/chat/{session}/history/");

        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Contains(session, reply.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/event-stream")]
    public async Task Nobody_is_answered_without_an_identity(string accept)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        using var client = suite.Service.CreateClient();
        client.DefaultRequestHeaders.Accept.ParseAdd(accept);
        var stranger = new Tutoring(client);

        var reply = await stranger.StartAsync("Hello?");

        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.Equal(JsonValueKind.String, reply.Body.GetProperty("detail").ValueKind);
        Assert.Empty(suite.Model.Asked);
    }
}
