using Lyceum.TelemetryIngest.CodeStates;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>
/// Keeps <c>code_states</c>: goes on from the state that is kept where all new events are later, and rebuilds it from all of them where
/// one came late.
/// </summary>
internal sealed class CodeStateTable(NpgsqlDataSource database, NotebookEvents events, ActiveTimeTable times, IOptions<DerivationOptions> options)
{
    private const int MaxAtOnce = 20;
    private static readonly DateTimeOffset Beginning = DateTimeOffset.UnixEpoch;

    private const string Changed = $"""
        SELECT course, learner, least(edited_since, rebuilding_since), changes FROM learners
        WHERE (edited_since IS NOT NULL OR rebuilding_since IS NOT NULL) AND {ChangedLearners.NotAside} AND (code_at IS NULL OR code_at < now() - $3)
        ORDER BY code_at NULLS FIRST LIMIT $4
        """;

    /// <summary>From here on what comes is noted by itself. One learner at a time: writers lock several in an order of their own.</summary>
    private const string Claim = $"""
        WITH way AS ({DerivationVersion.Keep})
        UPDATE learners SET rebuilding_since = least(edited_since, rebuilding_since), edited_since = NULL
        WHERE course = $1 AND learner = $2 AND EXISTS (SELECT FROM way) RETURNING rebuilding_since
        """;

    private const string Notebooks = """
        SELECT DISTINCT notebook FROM events
        WHERE course = $1 AND learner = $2 AND live_at >= $3 AND notebook IS NOT NULL AND type = ANY ($4)
        """;

    private const string Known = "SELECT up_to, state, began_at FROM code_states WHERE course = $1 AND learner = $2 AND notebook = $3";

    private const string Store = """
        INSERT INTO code_states (course, learner, notebook, up_to, existing, typed, pasted, tutor, unknown, state, began_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (course, learner, notebook) DO UPDATE SET up_to = excluded.up_to, existing = excluded.existing, typed = excluded.typed,
            pasted = excluded.pasted, tutor = excluded.tutor, unknown = excluded.unknown, state = excluded.state, began_at = least(code_states.began_at, excluded.began_at)
        """;

    private const string Forget = "DELETE FROM code_states WHERE course = $1 AND learner = $2 AND notebook = $3";

    private const string ForgetOthers = "DELETE FROM code_states WHERE course = $1 AND learner = $2 AND NOT notebook = ANY ($3)";

    private const string Done = """
        UPDATE learners SET rebuilding_since = NULL, code_at = now() WHERE course = $1 AND learner = $2
        """;

    /// <summary>Some of the learners whose code has changed and was not looked at just before, but for those who are set aside.</summary>
    public Task<List<ChangedLearner>> ChangedAsync(IReadOnlyCollection<(string Course, string Learner)> aside, CancellationToken cancellationToken) =>
        ChangedLearners.ReadAsync(database, Changed, aside, cancellationToken, options.Value.CodeInterval, MaxAtOnce);

    /// <summary>Brings one learner's notebooks and time at work up to date; answers the cells of which that is another, and that are solved.</summary>
    public async Task<List<CellKey>> DeriveAsync(ChangedLearner changed, CancellationToken cancellationToken)
    {
        var claimed = await database.ReadAsync(Claim, row => row.Time(0), cancellationToken, changed.Course, changed.Learner);
        if (claimed is not [{ } since])
        {
            return [];
        }

        changed = changed with { Since = since };
        var solved = await times.DeriveAsync(changed, cancellationToken);
        var notebooks = await NotebooksAsync(changed, cancellationToken);
        if (changed.Since <= Beginning)
        {
            await ExecuteAsync(ForgetOthers, cancellationToken, changed.Course, changed.Learner, notebooks.Select(DerivedKey.OfNotebook).ToArray());
        }

        foreach (var notebook in notebooks)
        {
            await DeriveAsync(new NotebookOfLearner(changed.Course, changed.Learner, notebook), changed.Since, cancellationToken);
        }

        await DoneAsync(changed, cancellationToken);
        return solved;
    }

    /// <summary>Notes that a learner has been looked at.</summary>
    public Task DoneAsync(ChangedLearner changed, CancellationToken cancellationToken) =>
        ExecuteAsync(Done, cancellationToken, changed.Course, changed.Learner);

    private async Task DeriveAsync(NotebookOfLearner of, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (upTo, kept, began) = await KnownAsync(of, cancellationToken);
        var goesOn = kept is not null && upTo < since;
        // What a paste may belong to is seen again along with it.
        var from = goesOn ? upTo - Pastes.Within : Beginning;
        var found = await events.ReadAsync(of, from, DateTimeOffset.MaxValue, withTutor: false, cancellationToken);
        if (goesOn && found is not null && found.Exists(one => one.Event.Type == "ClipboardPasteEvent" && one.Event.Time <= upTo + Pastes.Within))
        {
            goesOn = false;
            found = await events.ReadAsync(of, Beginning, DateTimeOffset.MaxValue, withTutor: false, cancellationToken);
        }

        if (found is null)
        {
            // More than can be rebuilt: what is known of before is better than nothing.
            return;
        }

        // What began before the first event that there is cannot be rebuilt either: what came late is left out then.
        goesOn |= kept is not null && found is [var first, ..] && began < first.Event.Time;
        var fresh = found.Select(one => one.Event).Where(one => !goesOn || one.Time > upTo).ToList();
        if (fresh is [])
        {
            if (!goesOn)
            {
                await ExecuteAsync(Forget, cancellationToken, of.Course, of.Learner, DerivedKey.OfNotebook(of.Notebook));
            }

            return;
        }

        var history = new NotebookHistory(fresh, goesOn ? SavedNotebook.Read(kept!) : new NotebookState());
        foreach (var _ in history.Steps())
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var shares = CodeShares.Of(history.State);
        await ExecuteAsync(
            Store, cancellationToken, of.Course, of.Learner, DerivedKey.OfNotebook(of.Notebook), fresh.Max(one => one.Time), shares.Existing, shares.Typed, shares.Pasted, shares.Tutor, shares.Unknown,
            (object?)SavedNotebook.Write(history.State) ?? DBNull.Value, fresh.Min(one => one.Time));
    }

    private async Task<List<string>> NotebooksAsync(ChangedLearner changed, CancellationToken cancellationToken)
    {
        List<string> notebooks = [];
        await using var command = Command(Notebooks, changed.Course, changed.Learner, changed.Since, NotebookEvent.Types);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            notebooks.Add(reader.GetString(0));
        }

        return notebooks;
    }

    private async Task<(DateTimeOffset UpTo, string? State, DateTimeOffset? Began)> KnownAsync(NotebookOfLearner of, CancellationToken cancellationToken)
    {
        await using var command = Command(Known, of.Course, of.Learner, DerivedKey.OfNotebook(of.Notebook));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetFieldValue<DateTimeOffset>(0), reader.Text(1), reader.Time(2))
            : (DateTimeOffset.MinValue, null, null);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
#pragma warning disable CA2100 // Constants of this class.
        var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(value is DBNull ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
