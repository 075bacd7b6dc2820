using System.Text.Json.Serialization;

namespace Lyceum.ModelHost.Usage;

/// <summary>What was used since midnight UTC, or since ModelHost started if that is later.</summary>
/// <param name="Since">From when on it was counted.</param>
/// <param name="Until">When it was asked.</param>
/// <param name="Counted">Where: <c>all_replicas</c>, or <c>this_replica</c> without Redis and while it is away.</param>
/// <param name="Entries">One for each user, course, model and node that occurred together; the largest first.</param>
/// <param name="Quotas">The caller's own quotas, as far as there are any.</param>
public sealed record UsageReport(DateTimeOffset Since, DateTimeOffset Until, string Counted, IReadOnlyList<UsageEntry> Entries, IReadOnlyList<QuotaState> Quotas)
{
    internal const string AllReplicas = "all_replicas";
    internal const string ThisReplica = "this_replica";
}

/// <summary>Tokens of one user in one course, on one model and node.</summary>
/// <param name="Course">The course's slug.</param>
/// <param name="User">The account's id.</param>
/// <param name="Model">The model that ran.</param>
/// <param name="Node">Host and port of the node; only the owner sees it, others null.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="InputTokens">Tokens of their prompts.</param>
/// <param name="OutputTokens">Tokens of their answers; counted by pieces where an answer broke off before its figures.</param>
public sealed record UsageEntry(string Course, string User, string Model, string? Node, long Requests, long InputTokens, long OutputTokens);

/// <summary>How much of a quota is used.</summary>
/// <param name="Name">Which: <c>user_minute</c>, <c>user_day</c>, <c>course_day</c>.</param>
/// <param name="Limit">Tokens allowed.</param>
/// <param name="Used">Tokens used; requests under way count by estimate.</param>
/// <param name="ResetsAt">When it begins anew.</param>
public sealed record QuotaState(string Name, long Limit, long Used, DateTimeOffset ResetsAt);

[JsonSerializable(typeof(UsageReport))]
[JsonSerializable(typeof(string[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class UsageJson : JsonSerializerContext;
