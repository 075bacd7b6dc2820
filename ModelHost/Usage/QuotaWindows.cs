using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Usage;

/// <summary>One quota of one user or course, in the minute or day that it is.</summary>
/// <param name="Name">Which: <c>user_minute</c>, <c>user_day</c>, <c>course_day</c>.</param>
/// <param name="Key">What it is counted under.</param>
/// <param name="Limit">Tokens allowed.</param>
/// <param name="ResetsAt">When it begins anew.</param>
internal sealed record QuotaWindow(string Name, string Key, long Limit, DateTimeOffset ResetsAt);

/// <summary>Which quotas hold for whom. Minutes and days are those of the clock, UTC, so that replicas mean the same ones.</summary>
internal sealed class QuotaWindows(IOptions<QuotaOptions> options, TimeProvider time)
{
    private readonly QuotaOptions _quotas = options.Value;

    /// <summary>Those that there are, the one that lasts longest at the end.</summary>
    public IReadOnlyList<QuotaWindow> Of(string course, string user)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var today = new DateTimeOffset(now.Date, TimeSpan.Zero);
        var minute = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        QuotaWindow[] all =
        [
            new("user_minute", Key("um", user, minute), _quotas.UserTokensPerMinute, minute.AddMinutes(1)),
            new("user_day", Key("ud", user, today), _quotas.UserTokensPerDay, today.AddDays(1)),
            new("course_day", Key("cd", course, today), _quotas.CourseTokensPerDay, today.AddDays(1)),
        ];
        return [.. all.Where(window => window.Limit > 0)];
    }

    // The braces keep all keys of one request in one slot of a cluster. Whose it is stands there as a hash: Redis needs no names.
    private static string Key(string kind, string whose, DateTimeOffset since) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{lyceum:quota}}:{kind}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whose)).AsSpan(0, 16))}:{since.ToUnixTimeSeconds()}");
}
