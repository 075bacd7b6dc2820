using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ModelHost.Usage;

/// <summary>What a caller may see of today's use, over all replicas where they share it.</summary>
internal sealed class UsageReports(UsageLedger ledger, Quotas quotas, TimeProvider time, SharedUsage? shared = null)
{
    public async Task<UsageReport> ForAsync(CallerIdentity caller)
    {
        // A day of a large institution is much to add up on a thread that connections share (see InlineSockets).
        await Task.Yield();
        var isOwner = caller.Roles.Contains(Roles.Owner);
        var isInstructor = caller.Roles.Contains(Roles.Instructor);
        var others = shared is null ? null : await shared.ReadOthersAsync(isOwner ? null : caller.Course);
        var (since, own) = ledger.Read(IsVisible);
        UsageEntry[] entries =
        [
            .. own.Concat(others?.Entries.Where(entry => IsVisible(entry.Key)) ?? [])
                .GroupBy(entry => isOwner ? entry.Key : entry.Key with { Node = "" })
                .Select(group => Entry(group.Key, group.Aggregate(default(UsageCount), (sum, entry) => sum + entry.Value)))
                .OrderByDescending(entry => entry.InputTokens + entry.OutputTokens),
        ];
        return new UsageReport(
            others is { } told && told.Since < since ? told.Since : since,
            time.GetUtcNow(),
            others is null ? UsageReport.ThisReplica : UsageReport.AllReplicas,
            entries,
            await quotas.OfAsync(caller.Course, caller.Subject));

        bool IsVisible(UsageKey key) => isOwner || (key.Course == caller.Course && (isInstructor || key.User == caller.Subject));

        UsageEntry Entry(UsageKey key, UsageCount count) => new(key.Course, key.User, key.Model, isOwner ? key.Node : null, count.Requests, count.Input, count.Output);
    }
}
