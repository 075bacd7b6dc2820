using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ChatService.Prompts;

namespace Lyceum.TutorBench;

/// <summary>An answer to a case, and what it broke.</summary>
internal sealed record Examined(Case Case, string Answer, IReadOnlyList<BrokenRule> Broken);

/// <summary>
/// Asks the tutor as a student would: each case has an assignment whose policy allows its hint level, and is asked about so often that
/// the ladder stands on it. Only the last answer counts; the ones before are stopped as soon as they begin.
/// </summary>
internal sealed class Examination(Stack stack)
{
    private const int AtOnce = 2;

    public async Task<IReadOnlyList<Examined>> RunAsync(CancellationToken cancellationToken)
    {
        using var instructor = stack.Instructor();
        foreach (var one in Cases.All)
        {
            await AssignAsync(instructor, one.Asked, cancellationToken);
        }

        List<Examined> results = [];
        await Parallel.ForEachAsync(Cases.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (one, stop) =>
        {
            var examined = await ExamineAsync(instructor, one, stop);
            lock (results)
            {
                results.Add(examined);
            }
        });
        return [.. Cases.All.Select(one => results.Single(result => result.Case == one))];
    }

    private static async Task AssignAsync(HttpClient instructor, PromptCase one, CancellationToken cancellationToken)
    {
        using var made = await instructor.PostAsJsonAsync("/tutor/courses/default/assignments", new
        {
            title = "Exercise",
            path_pattern = Notebook(one),
            description = one.Assignment ?? "",
            policy = new { max_hint_level = one.Level ?? 2, show_code = one.ShowCode ?? true },
            reference_solution = one.Solution,
        }, cancellationToken);
        made.EnsureSuccessStatusCode();
    }

    private async Task<Examined> ExamineAsync(HttpClient instructor, Case one, CancellationToken cancellationToken)
    {
        using var student = stack.Student(one.Asked.Id!);
        for (var step = 1; one.Asked.Error is not null && step < (one.Asked.Level ?? 2); step++)
        {
            await ClimbAsync(student, one, cancellationToken);
        }

        using var response = await student.PostAsJsonAsync("/llm/chat/", new { initial_message = one.Asked.Question, context = Context(one) }, cancellationToken);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return new Examined(one, "", [new BrokenRule("answered", body.TryGetProperty("detail", out var detail) ? detail.GetString()! : body.ToString())]);
        }

        var message = body.GetProperty("message");
        var answer = message.GetProperty("content").GetString()!;
        var id = message.GetProperty("id").GetString();
        var record = await instructor.GetFromJsonAsync<JsonElement>($"/tutor/courses/default/turns/{id}", cancellationToken);
        var instructions = record.GetProperty("record").GetProperty("messages")[0].GetProperty("content").GetString()!;
        // What was asked about no error is on the ladder's first step, whatever the policy allows.
        var level = message.GetProperty("hint_level").GetInt32();
        return new Examined(one, answer, AnswerRules.Broken(one.Asked with { Level = level }, instructions, answer));
    }

    private static async Task ClimbAsync(HttpClient student, Case one, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/llm/chat/") { Content = JsonContent.Create(new { initial_message = one.Asked.Question, context = Context(one) }) };
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await student.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        string? session = null;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && session is null)
            {
                session = JsonElement.Parse(line[6..]).GetProperty("session_id").GetString();
            }
            else if (line == "event: delta")
            {
                using var stopped = await student.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/llm/chat/{session}/cancel/"), UriKind.Relative), null, cancellationToken);
            }
        }
    }

    private static object Context(Case one) => new
    {
        notebook_path = Notebook(one.Asked),
        code = one.Asked.Code,
        language = one.Language,
        error = one.Asked.Error is { } error ? new { name = error.Name, value = error.Value, traceback = error.Traceback } : null,
    };

    private static string Notebook(PromptCase one) => $"{one.Id}.ipynb";
}
