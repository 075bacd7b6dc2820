using System.Net;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.People;

[Collection(SharedPostgres.Name)]
public sealed class HelpTests(PostgresServer postgres)
{
    private const string Queue = $"{Teaching.Course}/help";

    [Fact]
    public async Task A_student_asks_for_a_person_who_takes_over_answers_and_hands_back()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var (student, instructor) = (suite.Student(), suite.Instructor());
        var session = (await student.StartAsync("Why?", new { notebook_path = "Task.ipynb" })).Text("session_id");

        var asked = await student.PostAsync($"/llm/chat/{session}/help/", new { note = "I tried everything." });
        Assert.Equal("waiting", asked.Text("status"));
        var waiting = Assert.Single((await instructor.GetAsync(Queue)).Body.GetProperty("requests").EnumerateArray());
        Assert.Equal(("learner-sam", "I tried everything.", "Task.ipynb"), (waiting.GetProperty("learner").GetString(), waiting.GetProperty("note").GetString(), waiting.GetProperty("notebook_path").GetString()));
        var request = $"{Queue}/{waiting.GetProperty("id").GetString()}";

        // While one waits the tutor goes on answering.
        Assert.Equal(HttpStatusCode.OK, (await student.AskAsync(session, "Meanwhile?")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await instructor.PostAsync($"{request}/take", null)).Status);
        Assert.Equal(("taken", "ines"), await StateAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await student.AskAsync(session, "Tutor?")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await student.PostAsync($"/llm/chat/{session}/help/messages", new { text = "Hello!" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await instructor.PostAsync($"{request}/messages", new { text = "Look at the file's name." })).Status);

        var read = (await instructor.GetAsync(request)).Body.GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal(["user", "assistant", "user", "assistant", "user", "instructor"], read.Select(message => message.GetProperty("sender").GetString()));
        var last = (await student.HistoryAsync(session))[^1];
        Assert.Equal(("Look at the file's name.", "ines"), (last.GetProperty("content").GetString(), last.GetProperty("author").GetString()));

        Assert.Equal(HttpStatusCode.NoContent, (await instructor.PostAsync($"{request}/hand-back", null)).Status);
        Assert.Empty((await instructor.GetAsync(Queue)).Body.GetProperty("requests").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, (await student.AskAsync(session, "Back again?")).Status);
        // The tutor knows what was said meanwhile.
        Assert.Contains("Look at the file's name.", suite.Model.Last.Contents("assistant"));

        async Task<(string, string)> StateAsync()
        {
            var open = await student.GetAsync($"/llm/chat/{session}/help/");
            return (open.Text("status"), open.Text("taken_by"));
        }
    }

    [Fact]
    public async Task The_queue_is_live()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Conversations:QueueInterval", "00:00:00.1"));
        await using var stream = await suite.Instructor().StreamAsync($"{Queue}/stream", null, method: HttpMethod.Get);
        Assert.Equal(0, (await stream.NextAsync("queue")).GetProperty("requests").GetArrayLength());
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");

        await suite.Student().PostAsync($"/llm/chat/{session}/help/", new { });

        Assert.Equal(session, (await stream.NextAsync("queue")).GetProperty("requests")[0].GetProperty("session_id").GetString());
        await suite.Student().SendAsync(HttpMethod.Delete, $"/llm/chat/{session}/help/");
        Assert.Equal(0, (await stream.NextAsync("queue")).GetProperty("requests").GetArrayLength());
    }

    [Fact]
    public async Task One_person_has_a_conversation_and_only_that_one_answers_in_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");
        var asked = await suite.Student().PostAsync($"/llm/chat/{session}/help/", null);
        var again = await suite.Student().PostAsync($"/llm/chat/{session}/help/", null);
        Assert.Equal(asked.Text("id"), again.Text("id"));
        var request = $"{Queue}/{asked.Text("id")}";
        var second = suite.As(TestIdentity.Instructor("otto"));

        Assert.Equal(HttpStatusCode.Conflict, (await second.PostAsync($"{request}/messages", new { text = "Hi" })).Status);
        await suite.Instructor().PostAsync($"{request}/take", null);
        Assert.Equal(HttpStatusCode.Conflict, (await second.PostAsync($"{request}/take", null)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await second.PostAsync($"{request}/messages", new { text = "Hi" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await second.PostAsync($"{request}/hand-back", null)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await suite.Student().PostAsync($"{request}/take", null)).Status);
        var elsewhere = suite.As(TestIdentity.Instructor(course: "other"));
        Assert.Equal(HttpStatusCode.NotFound, (await elsewhere.GetAsync($"/tutor/courses/other/help/{asked.Text("id")}")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await elsewhere.PostAsync($"/tutor/courses/other/help/{asked.Text("id")}/take", null)).Status);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_somebody_elses_conversation_is_not_there()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");
        var help = $"/llm/chat/{session}/help/";

        Assert.Equal(HttpStatusCode.NotFound, (await suite.Student("eve").PostAsync(help, null)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await suite.Student().GetAsync(help)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await suite.Student().SendAsync(HttpMethod.Delete, help)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await suite.Student().PostAsync(help, new { note = new string('x', 2001) })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await suite.Student().PostAsync($"{help}messages", new { text = "Hello?" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await suite.Student().PostAsync($"{help}messages", new { text = " " })).Status);
    }
}
