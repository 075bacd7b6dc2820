using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A notebook's history: applied one after the other to an empty notebook, the steps give its state at any time.</summary>
/// <param name="Course">The course's slug.</param>
/// <param name="Learner">The pseudonym.</param>
/// <param name="Notebook">The notebook's path.</param>
/// <param name="From">The start of the span, UTC, inclusive.</param>
/// <param name="To">Its end, UTC, exclusive.</param>
/// <param name="Cells">The cells that were ever in it, by the number that steps name them by.</param>
/// <param name="Code">The characters of code at the end, by origin.</param>
/// <param name="Steps">In order of time.</param>
public sealed record NotebookReplay(
    string Course,
    string Learner,
    string Notebook,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<ReplayCell> Cells,
    CodeShares Code,
    IReadOnlyList<ReplayStep> Steps);

/// <summary>A cell of a history.</summary>
/// <param name="Cell">Its number in the history.</param>
/// <param name="Id">Its id in the notebook; null when no event said it.</param>
/// <param name="Type"><c>code</c>, <c>markdown</c> or <c>raw</c>; null when unknown.</param>
public sealed record ReplayCell(int Cell, string? Id, string? Type);

/// <summary>One step: placed and removed cells first, in this order, then the edits.</summary>
/// <param name="Event">The event's id.</param>
/// <param name="Time">When, UTC.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Cell">The number of the cell that it is about, if it is about one.</param>
/// <param name="Removed">The numbers of cells that go.</param>
/// <param name="Placed">Cells that come, or move to a place: they leave their old one first.</param>
/// <param name="Edits">What changes in cells' code.</param>
/// <param name="Broken">True when edits of the cell are missing, so that its code is not known until it is sent as a whole again.</param>
/// <param name="Execution">Of an execution, how it went.</param>
/// <param name="Outputs">Of <c>CellOutputEvent</c>, what the cell showed.</param>
/// <param name="Tutor">Of the tutor's events, what they say.</param>
public sealed record ReplayStep(
    Guid Event,
    DateTimeOffset Time,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Cell,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Removed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CellPlace>? Placed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CodeEdit>? Edits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Broken,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReplayExecution? Execution,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Outputs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Tutor);

/// <summary>How an execution went.</summary>
/// <param name="Success">Whether it ran through.</param>
/// <param name="DurationMs">Milliseconds; null when unknown.</param>
/// <param name="Error">The error; null without one.</param>
public sealed record ReplayExecution(bool Success, long? DurationMs, ReplayError? Error);

/// <summary>An error.</summary>
/// <param name="Name">Its type.</param>
/// <param name="Value">Its message.</param>
/// <param name="Traceback">Its traceback, without colours.</param>
public sealed record ReplayError(string Name, string Value, IReadOnlyList<string> Traceback);

/// <summary>Characters of code (UTF-16 units) by where they came from.</summary>
/// <param name="Existing">There before the first observed change.</param>
/// <param name="Typed">Typed by the learner.</param>
/// <param name="Pasted">Pasted by the learner.</param>
/// <param name="Tutor">From the tutor's answers.</param>
/// <param name="Unknown">No event says from where.</param>
public sealed record CodeShares(int Existing, int Typed, int Pasted, int Tutor, int Unknown)
{
    /// <summary>The tutor's share of what was added to what was there: 0 to 1; null when nothing was.</summary>
    public double? Reliance => Typed + Pasted + Tutor is > 0 and var added ? (double)Tutor / added : null;

    internal static CodeShares Of(NotebookState state)
    {
        Span<int> sums = stackalloc int[5];
        foreach (var span in state.Cells.Where(cell => cell.Type is null or "code").SelectMany(cell => cell.Text.Spans))
        {
            sums[(int)span.Origin.Source] += span.Length;
        }

        return new CodeShares(sums[(int)CodeSource.Existing], sums[(int)CodeSource.Typed], sums[(int)CodeSource.Pasted], sums[(int)CodeSource.Tutor], sums[(int)CodeSource.Unknown]);
    }
}

/// <summary>The notebooks that a learner was seen in.</summary>
/// <param name="Notebooks">Those seen last first.</param>
public sealed record LearnerNotebooks(IReadOnlyList<LearnerNotebook> Notebooks);

/// <summary>A notebook that a learner was seen in.</summary>
/// <param name="Notebook">Its path.</param>
/// <param name="FirstSeen">The first event, UTC.</param>
/// <param name="LastSeen">The last event, UTC.</param>
/// <param name="Events">How many.</param>
public sealed record LearnerNotebook(string Notebook, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Events);
