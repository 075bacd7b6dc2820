using System.Text;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Prompts;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Jelai;

/// <summary>Asks the expert model for the technical facts of a question that comes with everything that belongs to it.</summary>
internal sealed class ExpertQueries(IChatClient model, PromptLibrary library, IOptions<TutorOptions> options, TimeProvider time)
{
    public string Model => options.Value.ExpertModel is { Length: > 0 } expert ? expert : options.Value.Model;

    /// <exception cref="ModelException">The model did not answer, or not in time.</exception>
    public async Task<string> AskAsync(CallerIdentity caller, ExpertQuery query, CancellationToken cancellationToken)
    {
        var prompts = await library.InUseAsync(caller.Course, cancellationToken);
        var asked = new ChatOptions { ModelId = Model, Temperature = prompts.Expert.Temperature, MaxOutputTokens = prompts.Expert.MaxOutputTokens }.For(caller);
        using var late = new CancellationTokenSource(options.Value.ExpertTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var answer = await model.GetResponseAsync([new ChatMessage(ChatRole.System, prompts.Expert.Text), new ChatMessage(ChatRole.User, Text(query))], asked, either.Token);
            return NotebookText.Clean(answer.Text).Trim();
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFailure.TimedOut, $"it took longer than {options.Value.ExpertTimeout}");
        }
    }

    private string Text(ExpertQuery query)
    {
        StringBuilder text = new();
        Add("Assignment", query.AssignmentDescription, options.Value.MaxAssignmentTokens);
        Add("Learning objective", query.LearningObjective, options.Value.MaxAssignmentTokens);
        Add("Earlier in the conversation", query.History, options.Value.MaxHistoryTokens);
        Add("Recent activity", query.Logs, options.Value.MaxCodeTokens);
        return text.Append(QuestionFormat.Render(TutorContext.None, query.StudentQuestion!)).ToString();

        void Add(string heading, string? content, int budget)
        {
            if (!string.IsNullOrWhiteSpace(content))
            {
                QuestionFormat.Fenced(text, heading, TokenBudget.Cut(NotebookText.Clean(content).Trim(), budget).Text);
            }
        }
    }
}
