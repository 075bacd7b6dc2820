namespace Lyceum.ModelHost.Usage;

/// <summary>Where used tokens are counted.</summary>
internal interface IQuotaCounters
{
    /// <summary>
    /// Charges tokens to all windows in one step, unless one of them is used up already; then answers the last such one, and nothing is charged.
    /// </summary>
    ValueTask<QuotaWindow?> TryChargeAsync(IReadOnlyList<QuotaWindow> windows, long tokens);

    /// <summary>Corrects a charge; a window that is over is left alone.</summary>
    ValueTask CorrectAsync(IReadOnlyList<QuotaWindow> windows, long tokens);

    /// <summary>What is charged to each.</summary>
    ValueTask<IReadOnlyList<long>> ReadAsync(IReadOnlyList<QuotaWindow> windows);
}
