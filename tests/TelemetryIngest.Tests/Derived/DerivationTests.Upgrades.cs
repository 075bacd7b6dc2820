using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests.Derived;

/// <summary>While an upgrade runs there are replicas that derive in an older way than the schema says.</summary>
public sealed partial class DerivationTests
{
    /// <summary>What the schema file of a version does that derives in another way.</summary>
    private const string NewWay = "UPDATE derivation_version SET version = version + 1";

    private const string Anew = "UPDATE learners SET changed_since = '1970-01-01Z', edited_since = '1970-01-01Z', code_at = NULL, changes = nextval('learner_changes')";

    [Fact]
    public async Task Who_derives_in_an_older_way_gives_up_the_lead_and_leaves_what_is_to_be_computed_anew()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await service.StoreAsync(Sent.Execution(_now.AddMinutes(-3)).Of(_course, "learner-ada"), Typed(0).Of(_course, "learner-ada"));
        await service.DerivedAsync(_course);
        await ExecuteAsync(data, $"{NewWay}; {Anew}");
        Assert.True(await IsLeftToDoAsync(data));

        await ExecuteAsync(data, "UPDATE derivation_version SET version = version - 1");
        await service.DerivedAsync(_course);
    }

    [Fact]
    public async Task Who_is_about_to_derive_while_the_way_changes_leaves_it_to_the_new_version()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await service.StoreAsync(Sent.Execution(_now.AddMinutes(-3)).Of(_course, "learner-ada"));
        await service.DerivedAsync(_course);
        await using (var connection = await data.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var version = new NpgsqlCommand(NewWay, connection);
            await version.ExecuteNonQueryAsync();
            await service.StoreAsync(Typed(0).Of(_course, "learner-ada"));
            await Calls.UntilAsync(
                () => data.OneAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%derivation_version%')"),
                Derivations.Patience);
            await using var anew = new NpgsqlCommand(Anew, connection);
            await anew.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        Assert.True(await IsLeftToDoAsync(data));
    }

    /// <summary>Whether everything is left to do once a new version has the lead.</summary>
    private static async Task<bool> IsLeftToDoAsync(NpgsqlDataSource data)
    {
        await using var connection = await data.OpenConnectionAsync();
        await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtext('derivation'))", connection);
        await Calls.UntilAsync(async () => await take.ExecuteScalarAsync() is true, Derivations.Patience);
        await using var left = new NpgsqlCommand(
            "SELECT changed_since = '1970-01-01Z' AND edited_since = '1970-01-01Z' AND rebuilding_since IS NULL FROM learners", connection);
        var isLeft = await left.ExecuteScalarAsync() is true;
        await using var give = new NpgsqlCommand("SELECT pg_advisory_unlock(hashtext('derivation'))", connection);
        await give.ExecuteNonQueryAsync();
        return isLeft;
    }
}
