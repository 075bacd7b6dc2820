using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Assignments;

/// <summary>What instructors do before students ask.</summary>
internal static class Teaching
{
    public const string Course = "/tutor/courses/default";

    /// <summary>An instructor of the default course.</summary>
    public static Tutoring Instructor(this ChatSuite suite) => suite.As(TestIdentity.Instructor());

    public static async Task<string> AssignAsync(this ChatSuite suite, string pattern, object? policy = null, string? solution = null, string description = "Load the table.")
    {
        var made = await suite.Instructor().PostAsync($"{Course}/assignments", new { title = "Week 1", path_pattern = pattern, description, policy, reference_solution = solution });
        Assert.Equal(System.Net.HttpStatusCode.Created, made.Status);
        return made.Text("id");
    }

    /// <summary>What the model saw for the newest turn of the course.</summary>
    public static async Task<System.Text.Json.JsonElement> LastRecordAsync(this ChatSuite suite)
    {
        var turns = await suite.Instructor().GetAsync($"{Course}/turns?limit=1");
        var id = turns.Body.GetProperty("turns")[0].GetProperty("answer_id").GetString();
        return (await suite.Instructor().GetAsync($"{Course}/turns/{id}")).Body;
    }

    public static Task<Reply> SetPolicyAsync(this ChatSuite suite, object policy) => suite.Instructor().SendAsync(HttpMethod.Put, $"{Course}/policy", policy);
}
