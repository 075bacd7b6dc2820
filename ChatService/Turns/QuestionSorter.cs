using System.Text.Json;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>What kind of question it is, and who said so: <c>rules</c>, or <c>model:</c> and its name.</summary>
internal sealed record SortedQuestion(string Class, string By);

/// <summary>Sorts questions by a model, where an operator named one, and by rules where not or where that model fails.</summary>
internal sealed partial class QuestionSorter(IChatClient model, IOptions<TutorOptions> options, TimeProvider time, ILogger<QuestionSorter> logger)
{
    private const int MaxQuestionTokens = 500;

    public async Task<SortedQuestion> SortAsync(CallerIdentity student, TutorSetup setup, string question, CancellationToken cancellationToken) =>
        setup.ClassifierModel is { } name && await AskAsync(student, name, setup.Prompts.Classifier, question, cancellationToken) is { } sorted
            ? sorted
            : ByRules(question);

    public SortedQuestion ByRules(string question)
    {
        var found = QuestionClassifier.Classify(question);
        return new SortedQuestion(options.Value.Classes.ContainsKey(found) ? found : QuestionClass.Other, "rules");
    }

    /// <summary>What a model is asked that sorts a question.</summary>
    public static (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Request(TutorPrompt prompt, string modelName, IReadOnlyDictionary<string, string> classes, string question)
    {
        var list = string.Join('\n', classes.Select(one => $"- {one.Key}: {one.Value}"));
        return (
            [
                new ChatMessage(ChatRole.System, $"{prompt.Text}\n{list}"),
                new ChatMessage(ChatRole.User, QuestionFormat.Render(TutorContext.None, TokenBudget.Cut(question, MaxQuestionTokens).Text)),
            ],
            new ChatOptions
            {
                ModelId = modelName,
                Temperature = prompt.Temperature,
                MaxOutputTokens = prompt.MaxOutputTokens,
                ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema(classes.Keys)),
            });
    }

    private async Task<SortedQuestion?> AskAsync(CallerIdentity student, string name, TutorPrompt prompt, string question, CancellationToken cancellationToken)
    {
        var classes = options.Value.Classes;
        using var late = new CancellationTokenSource(options.Value.ClassifierTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var (messages, asked) = Request(prompt, name, classes, question);
        try
        {
            var answer = await model.GetResponseAsync(messages, asked.For(student), either.Token);
            if (Read(answer.Text) is { } found && classes.ContainsKey(found))
            {
                return new SortedQuestion(found, $"model:{answer.ModelId ?? name}");
            }

            LogRules(logger, name, "it named no class");
        }
        catch (Exception failure) when (failure is ModelException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogRules(logger, name, failure.GetType().Name);
        }

        return null;
    }

    private static JsonElement Schema(IEnumerable<string> classes)
    {
        var names = string.Join(", ", classes.Select(name => $"\"{JsonEncodedText.Encode(name)}\""));
        return JsonElement.Parse($$$"""{"type": "object", "properties": {"class": {"type": "string", "enum": [{{{names}}}]}}, "required": ["class"]}""");
    }

    /// <summary>The class that an answer names; null when it is none.</summary>
    public static string? Read(string answer)
    {
        var (start, end) = (answer.IndexOf('{', StringComparison.Ordinal), answer.LastIndexOf('}'));
        if (start < 0 || end < start)
        {
            return answer.Trim().Trim('"', '.', '`').ToLowerInvariant();
        }

        try
        {
            var json = JsonElement.Parse(answer[start..(end + 1)]);
            return json.TryGetProperty("class", out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A question is sorted by rules, the classifier model {Model} did not sort it: {Reason}")]
    private static partial void LogRules(ILogger logger, string model, string reason);
}
