using System.Text.RegularExpressions;
using Cronos;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Upkeep;

/// <summary>Which models are to be there and ready. Bound from the root of the configuration.</summary>
internal sealed class UpkeepOptions
{
    /// <summary><c>ModelPolicies:0</c>, <c>ModelPolicies:1</c>, ...</summary>
    public IList<ModelPolicy> ModelPolicies { get; } = [];

    /// <summary>Section <c>Warmup</c>.</summary>
    public WarmupOptions Warmup { get; } = new();
}

/// <summary>What is wanted of one model.</summary>
internal sealed class ModelPolicy
{
    /// <summary>The model's name with tag, such as <c>qwen3:8b</c>; not an alias.</summary>
    public string Name { get; set; } = "";

    /// <summary>Pulls it on every node that runs Ollama and does not have it.</summary>
    public bool Pull { get; set; }

    /// <summary>Loads it on every node that has it, whenever the node has come up.</summary>
    public bool Warm { get; set; }

    /// <summary>How long it stays loaded after a request that does not say so itself, as Ollama writes it (<c>30m</c>, <c>-1</c> for good); empty for the node's own default.</summary>
    public string KeepAlive { get; set; } = "";

    /// <summary>Options that it is loaded with, such as <c>num_ctx</c>: those that its clients send, or it would be loaded anew for them.</summary>
    public IDictionary<string, double> Options { get; } = new Dictionary<string, double>();
}

/// <summary>When models are loaded before they are asked for.</summary>
internal sealed class WarmupOptions
{
    /// <summary>The time zone of the schedule, by its IANA name, such as <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary><c>Warmup:Schedule:0</c>, ...</summary>
    public IList<WarmupTime> Schedule { get; } = [];
}

/// <summary>One time of the schedule.</summary>
internal sealed class WarmupTime
{
    /// <summary>Minute, hour, day, month and day of the week, such as <c>45 8 * * MON,WED</c>; six fields begin with the second.</summary>
    public string Cron { get; set; } = "";

    /// <summary>Models or aliases, separated by commas.</summary>
    public string Models { get; set; } = "";

    /// <summary>How long they stay loaded; empty for the model's policy, or the node's default.</summary>
    public string KeepAlive { get; set; } = "";

    /// <summary><see cref="Cron"/>, read.</summary>
    /// <exception cref="CronFormatException">It cannot be.</exception>
    public CronExpression Times => CronExpression.Parse(Cron, Cron.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
}

/// <summary>Stops the start when a policy or time cannot be meant.</summary>
internal sealed partial class UpkeepOptionsValidator : IValidateOptions<UpkeepOptions>
{
    public ValidateOptionsResult Validate(string? name, UpkeepOptions options)
    {
        List<string> failures = [];
        for (var i = 0; i < options.ModelPolicies.Count; i++)
        {
            var policy = options.ModelPolicies[i];
            failures.AddRange(string.IsNullOrWhiteSpace(policy.Name) ? [$"ModelPolicies:{i}:Name is empty: write the model's name, such as qwen3:8b."] : []);
            failures.AddRange(Wrong($"ModelPolicies:{i}:KeepAlive", policy.KeepAlive));
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.Warmup.TimeZone, out _))
        {
            failures.Add($"Warmup:TimeZone is '{options.Warmup.TimeZone}', which this machine does not know: write an IANA name, such as Europe/Berlin, and see that tzdata is installed.");
        }

        for (var i = 0; i < options.Warmup.Schedule.Count; i++)
        {
            var time = options.Warmup.Schedule[i];
            failures.AddRange(IsCron(time) ? [] : [$"Warmup:Schedule:{i}:Cron is '{time.Cron}': write minute, hour, day, month and day of the week, such as 45 8 * * MON-FRI."]);
            failures.AddRange(time.Models.Split(',').Any(string.IsNullOrWhiteSpace) ? [$"Warmup:Schedule:{i}:Models is empty or has an empty part: write models or aliases, such as tutor,qwen3:8b."] : []);
            failures.AddRange(Wrong($"Warmup:Schedule:{i}:KeepAlive", time.KeepAlive));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Wrong(string key, string keepAlive) =>
        keepAlive.Length == 0 || Duration().IsMatch(keepAlive) ? [] : [$"{key} is '{keepAlive}': write seconds or a duration, such as 30m or 1h30m, or -1 for good."];

    private static bool IsCron(WarmupTime time)
    {
        try
        {
            _ = time.Times;
            return true;
        }
        catch (CronFormatException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^-?(\d+|(\d+(\.\d+)?(ms|s|m|h))+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
