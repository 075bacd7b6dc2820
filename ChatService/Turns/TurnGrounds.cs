using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Profiles;
using Lyceum.ChatService.Prompts;
using Lyceum.ChatService.Tutor;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>What every turn has to know before it can be decided what it is.</summary>
/// <param name="Help">What the tutor may do in the course.</param>
/// <param name="Setup">What the tutor is in the course.</param>
/// <param name="Profile">How the student has asked of late.</param>
/// <param name="Asked">How often the error has been asked about that came with the question.</param>
internal sealed record TurnGrounds(CourseHelp Help, CourseSetup Setup, LearnerProfile Profile, AskedError Asked)
{
    /// <summary>What is shown beside the question, where it was asked for as the turn began.</summary>
    public Task<TutorContext>? Context { get; init; }
}

/// <summary>Reads the grounds of a turn, in one go and where possible in that which begins it: its student waits for the first word.</summary>
internal sealed class TurnGroundsReader(NpgsqlDataSource database, PromptLibrary prompts, HintLadder ladder)
{
    public async Task<TurnGrounds> ReadAsync(Turn turn, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        Ask(batch, turn);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(rows, turn, cancellationToken);
    }

    /// <summary>Asks for them at the end of a batch.</summary>
    public void Ask(NpgsqlBatch batch, Turn turn)
    {
        var course = turn.Caller.Course;
        batch.BatchCommands.Add(AssignmentStore.Policy(course));
        batch.BatchCommands.Add(AssignmentStore.List(course));
        batch.BatchCommands.Add(PromptStore.InUse(course));
        batch.BatchCommands.Add(ExperimentStore.Running(course));
        batch.BatchCommands.Add(LearnerProfiles.Of(turn.Caller, turn.QuestionId));
        batch.BatchCommands.Add(ladder.Asked(HintLadder.ErrorKey(turn), turn.QuestionId));
    }

    /// <summary>Reads them, from the first of their results on.</summary>
    public async Task<TurnGrounds> ReadAsync(NpgsqlDataReader rows, Turn turn, CancellationToken cancellationToken)
    {
        var policy = await AssignmentStore.ReadPolicyAsync(rows, cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        var assignments = await AssignmentStore.ReadListAsync(rows, cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        var inUse = await PromptStore.ReadInUseAsync(rows, cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        var running = await ExperimentStore.ReadAsync(rows, cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        var profile = await LearnerProfiles.ReadAsync(rows, cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        var asked = new AskedError(HintLadder.ErrorKey(turn), await HintLadder.ReadAsync(rows, cancellationToken));
        return new TurnGrounds(new CourseHelp(policy ?? HelpPolicy.Default, assignments), CourseSetup.For(turn.Caller, prompts.InUse(inUse), running), profile, asked);
    }
}
