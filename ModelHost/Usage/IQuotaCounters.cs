namespace Lyceum.ModelHost.Usage;

/// <summary>What became of an attempt to charge.</summary>
/// <param name="Windows">What is charged.</param>
/// <param name="Exhausted">The window that is used up, so that nothing was charged; null where it was.</param>
/// <param name="Mark">What names the charge where all replicas see it; null where it is this one's alone.</param>
internal sealed record QuotaCharge(IReadOnlyList<QuotaWindow> Windows, QuotaWindow? Exhausted, string? Mark);

/// <summary>Where used tokens are counted.</summary>
internal interface IQuotaCounters
{
    /// <summary>
    /// Charges tokens to all windows in one step, unless one of them is used up already; then answers the last such one, and nothing is charged.
    /// </summary>
    ValueTask<QuotaCharge> TryChargeAsync(IReadOnlyList<QuotaWindow> windows, long tokens);

    /// <summary>Corrects a charge where it was made; a window that is over is left alone.</summary>
    ValueTask CorrectAsync(QuotaCharge charge, long tokens);

    /// <summary>What is charged to each.</summary>
    ValueTask<IReadOnlyList<long>> ReadAsync(IReadOnlyList<QuotaWindow> windows);
}
