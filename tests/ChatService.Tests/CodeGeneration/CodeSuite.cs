using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;

namespace Lyceum.ChatService.Tests.CodeGeneration;

/// <summary>ChatService with a model that writes code on command.</summary>
internal static class CodeSuite
{
    public const string Yes = """{"is_code":true}""";

    /// <summary>The model's answers to requests for code, one after another, and then the last for ever; to the question whether that is code it says yes.</summary>
    public static void Writes(this ChatSuite suite, params string[] answers)
    {
        var next = -1;
        suite.Model.Answer = context => ModelHostStandIn.Says(
            suite.Model.Last.Body.TryGetProperty("format", out _) ? Yes : answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)])(context);
    }

    public static object Task(string language = "Python", Guid? session = null) =>
        new { model_name = "coder", language, original_prompt = "Double a number.", session_id = session };

    /// <summary>Has a snippet written; answers its session's path.</summary>
    public static async Task<string> GenerateAsync(this Tutoring student, string language = "Python", Guid? session = null)
    {
        var reply = await student.PostAsync("/codegen/generate", Task(language, session));
        Assert.Equal(System.Net.HttpStatusCode.OK, reply.Status);
        return $"/codegen/sessions/{reply.Text("session_id")}";
    }

    public static async Task<JsonElement[]> SnippetsAsync(this Tutoring student, string session) =>
        [.. (await student.GetAsync(session)).Body.GetProperty("snippets").EnumerateArray()];
}
