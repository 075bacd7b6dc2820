using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Tools;
using Lyceum.ChatService.Turns;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Guard;

/// <summary>Makes the guard of a turn from what its student has been shown before: answers, and what tools were called with.</summary>
internal sealed class AnswerGuards(ToolCallStore calls, IOptions<TutorOptions> options)
{
    private const int MaxCalls = 200;

    public async Task<AnswerGuard> ForAsync(Turn turn, Help help, string? code, EarlierMessages earlier, CancellationToken cancellationToken)
    {
        List<string> shown = [.. earlier.Newest.Where(message => !message.IsQuestion).Select(message => message.Content)];
        if (help.Solutions.Count > 0 && !turn.IsFirst)
        {
            shown.AddRange((await calls.OfConversationAsync(turn.Caller.Subject, turn.SessionId, MaxCalls, cancellationToken))
                .Where(call => call.Status != CallStatus.Failed).SelectMany(call => ToolTexts.Of(call.Arguments)));
        }

        return new AnswerGuard(help, code, shown, options.Value.MaxSolutionShare);
    }
}
