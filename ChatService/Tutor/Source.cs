namespace Lyceum.ChatService.Tutor;

/// <summary>A piece of what the model was shown.</summary>
/// <param name="Kind">One of <see cref="SourceKind"/>.</param>
/// <param name="From">Where it came from: <c>request</c>, <c>telemetry</c>, <c>kernel</c>, <c>profile</c>, <c>conversation</c>, <c>assignment:</c> and its id, or <c>model:</c> and its name.</param>
/// <param name="Budget">How many tokens it might have, as estimated.</param>
/// <param name="Tokens">How many it has, as estimated.</param>
/// <param name="Cut">Whether something of it was left out for the budget.</param>
public sealed record Source(string Kind, string From, int Budget, int Tokens, bool Cut);

/// <summary>The values of <see cref="Source.Kind"/>.</summary>
internal static class SourceKind
{
    public const string Assignment = "assignment";
    public const string Code = "code";
    public const string CellsAround = "cells_around";
    public const string Error = "error";
    public const string Activity = "activity";
    public const string History = "history";
    public const string Expert = "expert";
    public const string EarlierQuestions = "earlier_questions";
    public const string Summary = "summary";
    public const string CellsRan = "cells_ran";
    public const string Variables = "variables";
    public const string About = "about";
    public const string Objective = "objective";
    public const string Profile = "profile";
}

/// <summary>The values of <see cref="Source.From"/>.</summary>
internal static class SourceFrom
{
    public const string Request = "request";
    public const string Telemetry = "telemetry";
    public const string Conversation = "conversation";

    public const string Kernel = "kernel";
    public const string Profile = "profile";

    public static string Model(string? name) => $"model:{name}";

    public static string Assignment(Guid id) => $"assignment:{id}";
}
