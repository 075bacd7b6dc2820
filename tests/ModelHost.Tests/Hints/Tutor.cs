using System.Text;

namespace Lyceum.ModelHost.Tests.Hints;

/// <summary>Asks the built-in model over HTTP, with prompts as ChatService writes them.</summary>
internal static class Tutor
{
    public static string Prompt(string? question, string? language = null, string? code = null, string? error = null)
    {
        StringBuilder prompt = new("# Notebook\nTask.ipynb\n\n");
        if (code is not null)
        {
            prompt.Append($"# Code ({language})\n`````{language}\n{code}\n`````\n\n");
        }

        if (error is not null)
        {
            prompt.Append($"# Error\n`````\n{error}\n`````\n\n");
        }

        return prompt.Append($"# Question\n{question}").ToString();
    }

    /// <summary>Asks with earlier questions before, each answered.</summary>
    public static async Task<string> AskAsync(this ModelHostUnderTest host, params string[] questions)
    {
        List<object> messages = [new { role = "system", content = "You are a tutor. Never give the solution." }];
        foreach (var question in questions.SkipLast(1))
        {
            messages.Add(new { role = "user", content = question });
            messages.Add(new { role = "assistant", content = "An answer." });
        }

        messages.Add(new { role = "user", content = questions[^1] });
        var response = await host.PostAsync("/api/chat", new { model = "tutor", stream = false, messages });
        return (await response.JsonAsync()).GetProperty("message").GetProperty("content").GetString()!;
    }
}
