using System.Net;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.People;

[Collection(SharedPostgres.Name)]
public sealed class FeedbackTests(PostgresServer postgres)
{
    [Fact]
    public async Task What_a_student_thinks_of_an_answer_is_kept_and_told_as_a_learning_event()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var started = await student.StartAsync("Why?", new { notebook_path = "Task.ipynb" });
        var (session, answer) = (started.Text("session_id"), started.Body.GetProperty("message").GetProperty("id").GetString());
        var feedback = $"/llm/chat/{session}/messages/{answer}/feedback";
        await suite.Telemetry.NextEventAsync();
        await suite.Telemetry.NextEventAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await student.SendAsync(HttpMethod.Put, feedback, new { rating = "down" })).Status);

        Assert.Equal("down", (await student.HistoryAsync(session))[1].GetProperty("feedback").GetString());
        var given = await suite.Telemetry.NextEventAsync();
        Assert.Equal(("TutorFeedback", "learner-sam", "Task.ipynb"), (given.GetProperty("type").GetString(), given.GetProperty("learner").GetString(), given.GetProperty("notebook").GetString()));
        var detail = given.GetProperty("detail");
        Assert.Equal((session, answer, "stand-in:1b", "down"), (detail.GetProperty("conversation").GetString(), detail.GetProperty("answer").GetString(), detail.GetProperty("model").GetString(), detail.GetProperty("rating").GetString()));

        await student.SendAsync(HttpMethod.Put, feedback, new { rating = (string?)null });
        Assert.False((await student.HistoryAsync(session))[1].TryGetProperty("feedback", out _));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await student.SendAsync(HttpMethod.Put, feedback, new { rating = "sideways" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Student("eve").SendAsync(HttpMethod.Put, feedback, new { rating = "up" })).Status);
        var question = (await student.HistoryAsync(session))[0].GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await student.SendAsync(HttpMethod.Put, $"/llm/chat/{session}/messages/{question}/feedback", new { rating = "up" })).Status);
    }
}
