using System.Text;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Turns;

/// <summary>What the model wrote for an answer so far; what of it may be seen, the <see cref="LiveTurn"/> knows.</summary>
internal sealed class Answer(int maxLength)
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public int Length => _text.Length;

    public string? Model { get; private set; }

    public long? InputTokens { get; private set; }

    public long? OutputTokens { get; private set; }

    /// <summary>Whether it goes on once its user has approved what the model wants to have done.</summary>
    public bool Waits { get; private set; }

    /// <summary>An answer that goes on after it waited.</summary>
    /// <param name="begun">What is stored of it.</param>
    /// <param name="text">All that the model wrote for it.</param>
    /// <param name="maxLength">How long it may become.</param>
    public static Answer Of(BegunAnswer begun, string text, int maxLength)
    {
        var answer = new Answer(maxLength) { Model = begun.Model, InputTokens = begun.InputTokens, OutputTokens = begun.OutputTokens };
        answer._text.Append(text);
        return answer;
    }

    /// <summary>Takes what came; answers the text that the answer grew by.</summary>
    /// <exception cref="TurnEndedException">The answer is longer than allowed; what fits is kept.</exception>
    public string Add(ChatResponseUpdate update)
    {
        Model = update.ModelId ?? Model;
        foreach (var usage in update.Contents.OfType<UsageContent>())
        {
            // A model that calls tools is asked several times for one answer.
            InputTokens = InputTokens + usage.Details.InputTokenCount ?? usage.Details.InputTokenCount ?? InputTokens;
            OutputTokens = OutputTokens + usage.Details.OutputTokenCount ?? usage.Details.OutputTokenCount ?? OutputTokens;
        }

        Waits |= update.Contents.OfType<ToolApprovalRequestContent>().Any();

        // PostgreSQL's text cannot hold NUL.
        var delta = update.Text.Replace("\0", "", StringComparison.Ordinal);
        if (_text.Length + delta.Length > maxLength)
        {
            throw new TurnEndedException(TurnFailure.TooLong);
        }

        _text.Append(delta);
        return delta;
    }

    /// <summary>Counts what another try at the answer cost.</summary>
    public void AddUsage(Answer other)
    {
        InputTokens = InputTokens + other.InputTokens ?? InputTokens;
        OutputTokens = OutputTokens + other.OutputTokens ?? OutputTokens;
    }
}
