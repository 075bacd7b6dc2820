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

    /// <summary>Takes what came; answers the text that the answer grew by.</summary>
    /// <exception cref="TurnEndedException">The answer is longer than allowed; what fits is kept.</exception>
    public string Add(ChatResponseUpdate update)
    {
        Model = update.ModelId ?? Model;
        foreach (var usage in update.Contents.OfType<UsageContent>())
        {
            InputTokens = usage.Details.InputTokenCount ?? InputTokens;
            OutputTokens = usage.Details.OutputTokenCount ?? OutputTokens;
        }

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
