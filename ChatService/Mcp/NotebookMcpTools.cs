using System.ComponentModel;
using System.Globalization;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Turns;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Lyceum.ChatService.Mcp;

/// <summary>What notebooks' assistants can do here by the Model Context Protocol, each as the user whose token they hold and under the same policies as everywhere.</summary>
[McpServerToolType]
internal sealed class NotebookMcpTools(IHttpContextAccessor accessor)
{
    private CallerIdentity Caller => accessor.HttpContext!.User.Caller();

    [McpServerTool(Name = "ask_tutor", Title = "Ask the tutor", ReadOnly = false, Destructive = false)]
    [Description("Asks the course's tutor, who gives hints within the policy of the assignment. Answers with the tutor's words and a session_id to go on with.")]
    public async Task<string> AskAsync(
        QuestionChecks checks, ContextComposer contexts, TurnStore store, LiveTurns turns, TurnFollower follower, IOptions<McpOptions> options, TimeProvider time,
        [Description("The question, in the student's words.")] string question,
        [Description("The path of the notebook that it is about.")] string? notebook_path = null,
        [Description("The code that it is about.")] string? code = null,
        [Description("The code's language, such as python.")] string? language = null,
        [Description("The conversation to go on with; a new one unless given.")] string? session_id = null,
        CancellationToken cancellationToken = default)
    {
        var context = new QuestionContext(notebook_path, null, code, language, null);
        if (checks.Check("question", question, context) is { } complaint)
        {
            throw new McpException(complaint.ProblemDetails.Detail ?? "The question cannot be asked.");
        }

        if (turns.IsFullFor(Caller))
        {
            throw new McpException("The tutor answers as many questions as it can. Try again in a moment.");
        }

        var conversation = Guid.Empty;
        if (session_id is not null && !Guid.TryParse(session_id, out conversation))
        {
            throw new McpException("'session_id': There is no such conversation.");
        }

        var claim = session_id is null
            ? await store.StartAsync(Caller, question, contexts.Begin(Caller, context, isFirst: true), key: null, cancellationToken)
            : await store.AskAsync(Caller, conversation, question, contexts.Begin(Caller, context, isFirst: false), key: null, cancellationToken);
        if (claim.Turn is not { } turn)
        {
            throw new McpException(TurnProblems.Of(claim.Refusal, session_id ?? "").ProblemDetails.Detail!);
        }

        // The answer belongs to no request: who waits no longer can read it in the conversation.
        using var late = new CancellationTokenSource(options.Value.AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var live = turns.Start(turn);
        try
        {
            var result = await TurnFollower.EndAsync(follower.FollowAsync(live, 0, either.Token));
            return Told(turn, result);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new McpException($"The tutor still writes its answer: it will be in the conversation {turn.SessionId}.");
        }
    }

    [McpServerTool(Name = "get_assignment", Title = "Get the assignment", ReadOnly = true)]
    [Description("Tells the assignment that a notebook belongs to, and how much the tutor may help with it.")]
    public async Task<string> AssignmentAsync(
        HelpFinder helps, [Description("The notebook's path.")] string notebook_path, CancellationToken cancellationToken = default)
    {
        var help = await helps.FindAsync(Caller.Course, notebook_path, cancellationToken);
        var policy = help.Policy.Lockdown
            ? "The tutor is closed here while the exam is on."
            : string.Create(CultureInfo.InvariantCulture, $"Hints up to level {help.Policy.MaxHintLevel} of 4; code in answers is {(help.Policy.ShowCode ? "allowed" : "not allowed")}.");
        return help.Assignment is { } assignment ? $"# {assignment.Title}\n\n{assignment.Description}\n\n{policy}" : $"The notebook belongs to no assignment.\n\n{policy}";
    }

    [McpServerTool(Name = "run_code", Title = "Run code", ReadOnly = false, OpenWorld = false)]
    [Description("Runs code in a fresh kernel of its language in the user's workspace, within limits of time and output, and tells what it put out.")]
    public async Task<string> RunAsync(
        KernelRuns runs, IOptions<CodeGenerationOptions> limits,
        [Description("The language, such as Python, R or C#.")] string language,
        [Description("The code.")] string code,
        CancellationToken cancellationToken = default)
    {
        if (CodeLanguage.Find(language) is not { } known)
        {
            throw new McpException($"'language': It must be one of {string.Join(", ", CodeLanguage.All.Select(one => one.Name))}.");
        }

        if (string.IsNullOrWhiteSpace(code) || code.Length > limits.Value.MaxCodeCharacters)
        {
            throw new McpException($"'code': It must be code of 1 to {limits.Value.MaxCodeCharacters} characters.");
        }

        try
        {
            var kernelspec = await runs.FindKernelAsync(Caller, known, cancellationToken) ?? throw new McpException(SnippetTests.NotRun(known));
            var run = await runs.RunAsync(Caller, kernelspec, [code], cancellationToken);
            return $"Outcome: {run.Outcome}\nOutput:\n{run.Output}";
        }
        catch (KernelRefusedException refused)
        {
            throw new McpException($"No kernel could be started: {refused.Message}", refused);
        }
        catch (HttpRequestException failure)
        {
            throw new McpException("KernelService is away.", failure);
        }
    }

    private static string Told(Turn turn, TurnResult result) => result switch
    {
        { Failure: { } failure } => throw new McpException($"{failure.Detail} (session_id: {turn.SessionId})"),
        { Message: { Status: MessageStatus.Waiting } waiting } => $"{waiting.Content}\n\nThe tutor waits for your approval of a tool, in the tutor panel.\n\nsession_id: {turn.SessionId}",
        _ => $"{result.Message!.Content}\n\nsession_id: {turn.SessionId}",
    };
}
