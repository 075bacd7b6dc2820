using System.Net;
using System.Text.Json;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Api;

/// <summary>An exam, of which ChatService tells and TelemetryIngest hears; a stand-in for both on the wire.</summary>
public sealed class ExamTests
{
    [Fact]
    public async Task A_student_whom_an_exam_refuses_is_a_learning_event_and_an_instructor_is_not_refused()
    {
        await using var others = await ScriptedNode.StartAsync(context => context.Request.Path.Value switch
        {
            "/tutor/lockdown" => ScriptedNode.SendAsync(context, """{"locked":true}""", "application/json"),
            _ => ScriptedNode.SendAsync(context, """{"accepted":1}""", "application/json"),
        });
        await using var host = await ModelHostUnderTest.WithAsync(
            ("services:chatservice:http:0", others.Address.ToString()), ("services:telemetryingest:http:0", others.Address.ToString()));
        var student = TestIdentity.Student("sam");
        foreach (var path in new[] { "/api/chat", "/v1/chat/completions", "/api/generate" })
        {
            using var refused = await host.SendAsAsync(student, HttpMethod.Post, path, new { model = "lyceum-hints", prompt = "x", messages = new[] { new { role = "user", content = "x" } } });
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("exam", (await refused.JsonAsync()).Error(), StringComparison.Ordinal);
        }

        using var taught = await host.SendAsAsync(TestIdentity.Instructor(), HttpMethod.Post, "/api/chat", new { model = "lyceum-hints", messages = new[] { new { role = "user", content = "x" } } });
        Assert.Equal(HttpStatusCode.OK, taught.StatusCode);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!others.Requests.Any(IsEvents))
        {
            await Task.Delay(50, limit.Token);
        }

        // Once, however often it is refused within a minute.
        var told = JsonDocument.Parse(others.Requests.First(IsEvents).Body).RootElement.GetProperty("events");
        var decision = Assert.Single(told.EnumerateArray());
        Assert.Equal(
            ("PolicyDecision", "exam_closed", student.Course, student.Learner),
            (decision.GetProperty("type").GetString(), decision.GetProperty("detail").GetProperty("decision").GetString(), decision.GetProperty("course").GetString(), decision.GetProperty("learner").GetString()));

        static bool IsEvents((IHeaderDictionary Headers, string Body, string Path) request) => request.Path == "/telemetry/events";
    }
}
