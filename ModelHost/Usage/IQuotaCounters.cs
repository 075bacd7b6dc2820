namespace Lyceum.ModelHost.Usage;

/// <summary>Where used tokens are counted.</summary>
internal interface IQuotaCounters
{
    /// <summary>
    /// Charges tokens to all windows in one step, unless one of them is used up already; then answers the last such one, and nothing is charged.
    /// </summary>
    ValueTask<QuotaCharge> TryChargeAsync(IReadOnlyList<QuotaWindow> windows, long tokens);

    /// <summary>Corrects a charge where it was made; a window that is over is left alone.</summary>
    ValueTask CorrectAsync(IReadOnlyList<QuotaWindow> windows, long tokens, QuotaCharge charge);

    /// <summary>What is charged to each.</summary>
    ValueTask<IReadOnlyList<long>> ReadAsync(IReadOnlyList<QuotaWindow> windows);
}

/// <summary>What became of a charge.</summary>
/// <param name="Exhausted">The window that is used up, so that nothing was charged; null otherwise.</param>
/// <param name="IsShared">Whether it was charged for all replicas together, and not for this one alone.</param>
internal readonly record struct QuotaCharge(QuotaWindow? Exhausted, bool IsShared);
