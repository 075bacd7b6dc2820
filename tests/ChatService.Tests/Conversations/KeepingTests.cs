using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Conversations;

/// <summary>Finding conversations again, naming them, taking them along.</summary>
[Collection(SharedPostgres.Name)]
public sealed class KeepingTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_conversation_is_renamed_by_its_owner_alone()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var session = (await student.StartAsync("Why?")).Text("session_id");

        var renamed = await student.SendAsync(HttpMethod.Patch, $"/llm/chat/{session}/", new { title = " Joins\nin pandas " });

        Assert.Equal("Joins in pandas", renamed.Text("title"));
        Assert.Equal("Joins in pandas", (await student.GetAsync("/llm/chat/sessions/")).Body.GetProperty("sessions")[0].GetProperty("title").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Student("eve").SendAsync(HttpMethod.Patch, $"/llm/chat/{session}/", new { title = "Mine" })).Status);
        foreach (var title in (string?[])["", " \n ", new string('x', 201), null])
        {
            var refused = await student.SendAsync(HttpMethod.Patch, $"/llm/chat/{session}/", new { title });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
            Assert.True(refused.Body.GetProperty("errors").TryGetProperty("title", out _));
        }
    }

    [Fact]
    public async Task Conversations_are_found_by_words_of_their_title_questions_and_answers()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var joins = (await student.StartAsync("How do I merge 100% of two tables?")).Text("session_id");
        var loops = (await student.StartAsync("What is a loop?")).Text("session_id");
        await suite.Student("eve").StartAsync("My merge is secret");

        Assert.Equal([joins], await FoundAsync("MERGE"));
        Assert.Equal([joins], await FoundAsync("100%"));
        Assert.Equal([loops, joins], await FoundAsync("line 2"));
        Assert.Empty(await FoundAsync("10_%"));
        Assert.Empty(await FoundAsync("\\"));
        Assert.Equal(HttpStatusCode.BadRequest, (await student.GetAsync($"/llm/chat/sessions/?q={new string('x', 201)}")).Status);

        async Task<string[]> FoundAsync(string words) =>
            [.. (await student.GetAsync($"/llm/chat/sessions/?q={Uri.EscapeDataString(words)}")).Body.GetProperty("sessions").EnumerateArray().Select(one => one.GetProperty("session_id").GetString()!)];
    }

    [Fact]
    public async Task Pages_name_the_next_one_until_there_is_none()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var session = (await student.StartAsync("one")).Text("session_id");
        await student.AskAsync(session, "two");
        await student.StartAsync("another");

        Assert.Equal(["two", "Look at line 2.", "one", "Look at line 2."], await PagesAsync($"/llm/chat/{session}/history/?limit=2", "messages", "content"));
        Assert.Equal(["another", "one"], await PagesAsync("/llm/chat/sessions/?limit=1", "sessions", "title"));

        async Task<List<string>> PagesAsync(string path, string list, string property)
        {
            List<string> read = [];
            for (string? next = ""; next is not null;)
            {
                var page = await student.GetAsync(path + (next.Length == 0 ? "" : $"&before={next}"));
                read.AddRange(page.Body.GetProperty(list).EnumerateArray().Select(one => one.GetProperty(property).GetString()!));
                next = page.Body.GetProperty("next").GetString();
            }

            return read;
        }
    }

    [Fact]
    public async Task A_message_says_which_model_and_prompt_it_came_from_and_what_it_cost()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        var message = (await suite.Student().StartAsync("Why?")).Body.GetProperty("message");

        Assert.Equal("stand-in:1b", message.GetProperty("model").GetString());
        Assert.Matches("^tutor@[0-9a-f]{64}$", message.GetProperty("prompt_version").GetString());
        Assert.Equal((42, 7), (message.GetProperty("input_tokens").GetInt32(), message.GetProperty("output_tokens").GetInt32()));
    }

    [Fact]
    public async Task A_conversation_is_exported_whole_as_JSON_and_as_Markdown()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var session = (await student.StartAsync("Why \"ü\"?", new { notebook_path = "Task.ipynb" })).Text("session_id");
        await student.AskAsync(session, "And?");

        var json = await student.GetAsync($"/llm/chat/{session}/export/");
        Assert.Equal(session, json.Body.GetProperty("session").GetProperty("session_id").GetString());
        Assert.True(JsonElement.DeepEquals(json.Body.GetProperty("messages"), (await student.GetAsync($"/llm/chat/{session}/history/")).Body.GetProperty("messages")));

        using var markdown = await student.Http.GetAsync(new Uri($"/llm/chat/{session}/export/?format=markdown", UriKind.Relative));
        Assert.Equal($"conversation-{session}.md", markdown.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        var text = await markdown.Content.ReadAsStringAsync();
        Assert.StartsWith("# Why \"ü\"?\n\nNotebook: Task.ipynb\n\n## Student, ", text, StringComparison.Ordinal);
        Assert.Contains("## Tutor (stand-in:1b), ", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\nLook at line 2.\n\n", text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.BadRequest, (await student.GetAsync($"/llm/chat/{session}/export/?format=pdf")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Student("eve").GetAsync($"/llm/chat/{session}/export/")).Status);
    }
}
